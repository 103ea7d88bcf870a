/* Frames from streams and lines: whole, in pieces, torn, hostile. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "scanner/decode/decode.h"
#include "scanner/frames/frames.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CODE "http://10.0.0.5:8080/D/0123456789ABCDEF"

/* A readable file descriptor with these bytes. */
static int bytes_fd(const void *data, size_t length)
{
    int fd = memfd_create("frames", MFD_CLOEXEC);
    if (fd < 0 || file_write_all(fd, data, length) != OK || lseek(fd, 0, SEEK_SET) != 0) abort();
    return fd;
}

struct outcome {
    int frames, broken;
    enum err end;
    struct frame last;
    uint8_t first_pixels[8];
};

/* Reads a stream to its end. */
static struct outcome read_stream(const void *data, size_t length)
{
    struct outcome o = {0};
    struct source *source;
    struct arena arena = {0};
    struct fault fault;
    int fd = bytes_fd(data, length);
    o.end = source_open_stream(fd, -1, 0, &source, &fault);
    if (o.end == OK) {
        for (;;) {
            struct frame frame;
            arena_clear(&arena);
            o.end = source_next(source, &arena, &frame, &fault);
            if (o.end == ERR_INPUT) o.broken++;
            if (o.end != OK && o.end != ERR_INPUT) break;
            if (o.end == OK && o.frames < 8) o.first_pixels[o.frames] = frame.picture.pixels[0];
            if (o.end == OK) {
                o.frames++;
                o.last = frame;
            }
        }
        source_close(source);
    }
    arena_release(&arena);
    close(fd);
    return o;
}

static size_t make_y4m(uint8_t *out, const char *header, size_t luma, size_t rest, int frames)
{
    size_t n = strlen(header);
    memcpy(out, header, n);
    for (int i = 0; i < frames; i++) {
        memcpy(out + n, i == 1 ? "FRAME Ip\n" : "FRAME\n", i == 1 ? 9 : 6);
        n += i == 1 ? 9 : 6;
        memset(out + n, 10 * (i + 1), luma);
        memset(out + n + luma, 200, rest);
        n += luma + rest;
    }
    return n;
}

static void test_y4m(struct check *c)
{
    static const struct {
        const char *header;
        size_t luma, rest;
        unsigned width, height;
    } good[] = {
        {"YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg\n", 8, 4, 4, 2}, {"YUV4MPEG2 W5 H3 F25:1\n", 15, 12, 5, 3},
        {"YUV4MPEG2 W4 H2 F25:1 Cmono XCOLORRANGE=FULL\n", 8, 0, 4, 2},
        {"YUV4MPEG2 W5 H2 C422\n", 10, 12, 5, 2},                 {"YUV4MPEG2 H2 W4 C444\n", 8, 16, 4, 2}, {"YUV4MPEG2 W5 H2 C411\n", 10, 8, 5, 2},
        {"YUV4MPEG2 W4 H2 C444alpha\n", 8, 24, 4, 2},             {"YUV4MPEG2 W4 H2 C420paldv\n", 8, 4, 4, 2},
    };
    uint8_t data[1024];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t n = make_y4m(data, good[i].header, good[i].luma, good[i].rest, 3);
        struct outcome o = read_stream(data, n);
        CHECK(c, o.frames == 3 && o.end == ERR_NOT_FOUND && o.broken == 0);
        CHECK(c, o.last.picture.width == good[i].width && o.last.picture.height == good[i].height && o.last.number == 3);
        CHECK(c, o.first_pixels[0] == 10 && o.first_pixels[1] == 20 && o.first_pixels[2] == 30);
        /* Wherever it is cut: no crash, and never a frame that did not come whole. */
        for (size_t cut = 0; cut < n; cut++) {
            o = read_stream(data, cut);
            if (o.end == OK || o.frames > 3 || (cut < strlen(good[i].header) && o.end != ERR_INPUT)) CHECK(c, !"a cut stream ends with an error or early");
        }
        o = read_stream(data, n - 1);
        CHECK(c, good[i].rest == 0 ? o.frames == 2 : o.end == ERR_IO);
    }
    size_t n = make_y4m(data, "YUV4MPEG2 W4 H2 F10:1 Cmono\n", 8, 0, 3);
    CHECK(c, read_stream(data, n).last.stream_ms == 200);
    n = make_y4m(data, "YUV4MPEG2 W4 H2 F0:0 Cmono\n", 8, 0, 3);
    CHECK(c, read_stream(data, n).last.stream_ms == -1);
}

static void test_y4m_hostile(struct check *c)
{
    static const char *const bad[] = {"YUV4MPEG2 W4\n", "YUV4MPEG2 W0 H2\n", "YUV4MPEG2 W-4 H2\n", "YUV4MPEG2 W4x H2\n", "YUV4MPEG2 W99999999999999999999 H2\n",
                                      "YUV4MPEG2 W16384 H16384\n", "YUV4MPEG2 W4 H2 C420p10\n", "YUV4MPEG2 W4 H2 Cmono16\n",
                                      "YUV4MPEG2 W4 H2 Cnonsense\n", "YUV4MPEG2 \n"};
    uint8_t data[4096];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(c, read_stream(bad[i], strlen(bad[i])).end == ERR_INPUT);
    memset(data, ' ', sizeof data);
    memcpy(data, "YUV4MPEG2 ", 10);
    CHECK(c, read_stream(data, sizeof data).end == ERR_INPUT); /* a header without an end */
    size_t n = make_y4m(data, "YUV4MPEG2 W4 H2 Cmono\n", 8, 0, 1);
    memcpy(data + n, "FRAMX\n12345678", 14);
    struct outcome o = read_stream(data, n + 14);
    CHECK(c, o.frames == 1 && o.end == ERR_IO);
    CHECK(c, read_stream("", 0).end == ERR_INPUT);
    CHECK(c, read_stream("hello, this is text", 19).end == ERR_INPUT);
}

/* One byte at a time through a pipe, as a slow writer would. */
static void test_pieces(struct check *c, const uint8_t *data, size_t length, int frames)
{
    int ends[2];
    struct source *source;
    struct arena arena = {0};
    struct frame frame;
    int got = 0;
    if (!CHECK(c, pipe(ends) == 0)) return;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        for (size_t i = 0; i < length; i++)
            if (write(ends[1], data + i, 1) != 1) _exit(1);
        _exit(0);
    }
    close(ends[1]);
    CHECK(c, source_open_stream(ends[0], -1, 0, &source, NULL) == OK);
    while (source_next(source, &arena, &frame, NULL) == OK) got++;
    CHECK(c, got == frames);
    source_close(source);
    arena_release(&arena);
    close(ends[0]);
    (void)waitpid(child, NULL, 0);
}

static int count_codes(const struct frame *frame)
{
    struct decoder *decoder = decoder_new();
    struct arena arena = {0};
    struct code_list codes = {0};
    int n = -1;
    if (decoder && decoder_read(decoder, frame, &arena, &codes) == OK) {
        n = 0;
        for (size_t i = 0; i < codes.count; i++) n += strcmp(codes.items[i].text, CODE) == 0;
    }
    decoder_free(decoder);
    arena_release(&arena);
    return n;
}

static void test_mjpeg(struct check *c)
{
    struct arena arena = {0};
    char *jpeg;
    size_t n;
    /* A segment that holds a whole small "picture", as thumbnails do. */
    static const uint8_t thumbnail[] = {0xff, 0xe1, 0x00, 0x0c, 'E', 'x', 0xff, 0xd8, 0x00, 0x00, 0xff, 0xd9, 0xff, 0xd8};
    if (!CHECK(c, file_read(&arena, "tests/fixtures/scanner/badge.jpg", 1 << 20, &jpeg, &n, NULL) == OK)) return;
    uint8_t *all = arena_alloc(&arena, n * 8 + 4096);
    size_t at = 0;
    memcpy(all, jpeg, n); /* 1: as it is */
    at += n;
    memcpy(all + at, "garbage between", 15);
    at += 15;
    memcpy(all + at, jpeg, 2); /* 2: with a thumbnail */
    memcpy(all + at + 2, thumbnail, sizeof thumbnail);
    memcpy(all + at + 2 + sizeof thumbnail, jpeg + 2, n - 2);
    at += n + sizeof thumbnail;
    memcpy(all + at, jpeg, n / 2); /* cut: another picture begins in its middle */
    at += n / 2;
    memcpy(all + at, jpeg, n); /* 3 */
    at += n;
    struct outcome o = read_stream(all, at);
    CHECK(c, o.end == ERR_NOT_FOUND && o.frames == 3 && o.broken == 1);
    test_pieces(c, all, n, 1);
    for (size_t cut = 3; cut < n; cut += 7) {
        o = read_stream(all, cut);
        if (o.frames != 0 || o.end != ERR_IO) CHECK(c, !"a cut picture is no frame");
    }
    int fd = bytes_fd(all, n);
    struct source *source;
    struct frame frame;
    CHECK(c, source_open_stream(fd, -1, 0, &source, NULL) == OK && source_next(source, &arena, &frame, NULL) == OK && count_codes(&frame) == 1);
    source_close(source);
    close(fd);
    uint8_t *noise = arena_alloc(&arena, 20u << 20);
    memset(noise, 'x', 20u << 20);
    memcpy(noise, all, n);
    o = read_stream(noise, 20u << 20);
    CHECK(c, o.frames == 1 && o.end == ERR_IO); /* endless garbage is not waited for */
    arena_release(&arena);
}

/* Random damage: every reading ends, and nothing crashes (run under the sanitizers). */
static void test_damage(struct check *c)
{
    struct arena arena = {0};
    char *jpeg;
    size_t n;
    uint8_t y4m[2048];
    unsigned seed = 7;
    int ended = 0, rounds = 400;
    if (!CHECK(c, file_read(&arena, "tests/fixtures/scanner/badge.jpg", 1 << 20, &jpeg, &n, NULL) == OK)) return;
    for (int round = 0; round < rounds; round++) {
        size_t length = round % 2 ? n : make_y4m(y4m, "YUV4MPEG2 W16 H8 F25:1 C420jpeg\n", 128, 64, 4);
        uint8_t *copy = arena_memdup(&arena, round % 2 ? (uint8_t *)jpeg : y4m, length);
        for (int k = 0; k < 1 + round % 12; k++) copy[(unsigned)rand_r(&seed) % length] = (uint8_t)rand_r(&seed);
        if (read_stream(copy, length).end != OK) ended++;
    }
    CHECK(c, ended == rounds);
    arena_release(&arena);
}

static void test_lines(struct check *c)
{
    static const char text[] = "first\r\nsecond\n\n\r\nthird\twith space \nlast";
    static const char *const want[] = {"first", "second", "third", "with space ", "last"};
    struct source *source;
    struct arena arena = {0};
    struct frame frame;
    int fd = bytes_fd(text, sizeof text - 1);
    CHECK(c, source_open_lines(fd, -1, &source, NULL) == OK);
    for (int i = 0; i < 5; i++) {
        CHECK(c, source_next(source, &arena, &frame, NULL) == OK && frame.number == i + 1 && frame.text_length == strlen(want[i]));
        CHECK_TEXT(c, frame.text, want[i]);
    }
    CHECK(c, source_next(source, &arena, &frame, NULL) == ERR_NOT_FOUND);
    source_close(source);
    close(fd);

    /* A line that is too long is one error, however long, and the next is read. */
    size_t length = 3u << 20;
    char *longest = arena_alloc(&arena, length);
    memset(longest, 'x', length);
    memcpy(longest + length - 7, "\nafter\n", 7);
    fd = bytes_fd(longest, length);
    CHECK(c, source_open_lines(fd, -1, &source, NULL) == OK);
    CHECK(c, source_next(source, &arena, &frame, NULL) == ERR_INPUT);
    CHECK(c, source_next(source, &arena, &frame, NULL) == OK);
    CHECK_TEXT(c, frame.text, "after");
    CHECK(c, source_next(source, &arena, &frame, NULL) == ERR_NOT_FOUND);
    source_close(source);
    close(fd);
    arena_release(&arena);
}

static void test_stop(struct check *c)
{
    int input[2], stop[2];
    struct source *source;
    struct arena arena = {0};
    struct frame frame;
    CHECK(c, pipe(input) == 0 && pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
    CHECK(c, source_open_lines(input[0], stop[0], &source, NULL) == OK);
    CHECK(c, source_next(source, &arena, &frame, NULL) == ERR_NOT_FOUND); /* nobody writes, and yet it ends */
    source_close(source);
    arena_release(&arena);
    for (int i = 0; i < 2; i++) close(input[i]), close(stop[i]);
}

int main(void)
{
    struct check c = {0};
    uint8_t data[256];
    CHECK(&c, crypto_init() == OK);
    test_y4m(&c);
    test_y4m_hostile(&c);
    test_pieces(&c, data, make_y4m(data, "YUV4MPEG2 W4 H2 C420jpeg\n", 8, 4, 3), 3);
    test_mjpeg(&c);
    test_damage(&c);
    test_lines(&c);
    test_stop(&c);
    return check_done(&c, "scanner/frames");
}
