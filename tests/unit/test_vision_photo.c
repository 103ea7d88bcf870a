/* Photos: turned, cut, made small; broken and hostile ones are refused, in this process and in a child. */
#include "core/base/file.h"
#include "core/vision/image_read.h"
#include "core/vision/photo.h"
#include "tests/unit/check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct photo_wish wish = {.width = 300, .height = 400, .crop = true};

struct file {
    struct arena arena;
    char *data;
    size_t length;
};

static struct file load(struct check *c, const char *path)
{
    struct file file = {0};
    CHECK(c, file_read(&file.arena, path, 1 << 20, &file.data, &file.length, NULL) == OK);
    return file;
}

static enum err make(const void *data, size_t length, struct arena *arena, struct photo *photo, struct fault *fault, bool apart)
{
    *fault = (struct fault){0};
    return apart ? photo_make_apart(arena, data, length, &wish, photo, fault) : photo_make(arena, data, length, &wish, photo, fault);
}

/* A real photo and a PNG with transparency become baseline JPEG of the wished shape; the child makes the same bytes. */
static void test_good(struct check *c, const char *path)
{
    struct file file = load(c, path);
    struct photo photo = {0}, apart = {0};
    struct fault fault;
    struct picture grey;
    CHECK(c, make(file.data, file.length, &file.arena, &photo, &fault, false) == OK && photo.width <= 300 && photo.height <= 400);
    CHECK(c, abs((int)(photo.width * 4) - (int)(photo.height * 3)) <= 4 && photo.length > 500 && photo.length <= 45000);
    CHECK(c, image_read(&file.arena, photo.data, photo.length, &grey, &fault) == OK && grey.width == photo.width && grey.height == photo.height);
    CHECK(c, make(file.data, file.length, &file.arena, &apart, &fault, true) == OK && apart.length == photo.length && memcmp(apart.data, photo.data, photo.length) == 0);
    const uint8_t *bytes = photo.data;
    bool baseline = false;
    for (size_t i = 0; i + 1 < photo.length; i++) baseline = baseline || (bytes[i] == 0xFF && bytes[i + 1] == 0xC0);
    CHECK(c, baseline);
    arena_release(&file.arena);
}

/* The EXIF orientation put into a photo: what comes out is the same picture turned. */
static void test_turns(struct check *c)
{
    struct file file = load(c, "photos/P0001.jpg");
    const struct photo_wish whole = {.width = 200, .height = 200};
    struct picture plain = {0};
    for (unsigned turn = 1; turn <= 8 && file.data; turn++) {
        uint8_t exif[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (uint8_t)turn, 0, 0, 0, 0, 0, 0};
        uint8_t *copy = arena_alloc(&file.arena, file.length + sizeof exif);
        if (!copy) break;
        memcpy(copy, file.data, 2);
        memcpy(copy + 2, exif, sizeof exif);
        memcpy(copy + 2 + sizeof exif, file.data + 2, file.length - 2);
        struct photo photo = {0};
        struct fault fault = {0};
        struct picture p = {0};
        if (!CHECK(c, photo_make(&file.arena, copy, file.length + sizeof exif, &whole, &photo, &fault) == OK)) printf("# %s\n", fault.text);
        if (!CHECK(c, image_read(&file.arena, photo.data, photo.length, &p, &fault) == OK)) continue;
        if (turn == 1) plain = p;
        CHECK(c, turn < 5 ? p.width == plain.width && p.height == plain.height : p.width == plain.height && p.height == plain.width);
        long far = 0, count = 0;
        for (unsigned y = 8; y + 8 < plain.height; y += 4)
            for (unsigned x = 8; x + 8 < plain.width; x += 4, count++) {
                unsigned w = plain.width - 1, h = plain.height - 1;
                const unsigned to[9][2] = {{0}, {x, y}, {w - x, y}, {w - x, h - y}, {x, h - y}, {y, x}, {h - y, x}, {h - y, w - x}, {y, w - x}};
                int d = p.pixels[(size_t)to[turn][1] * p.width + to[turn][0]] - plain.pixels[(size_t)y * plain.width + x];
                far += abs(d) > 40;
            }
        if (!CHECK(c, count > 200 && far * 50 < count)) printf("# turn %u: %ld of %ld differ\n", turn, far, count);
    }
    arena_release(&file.arena);
}

/* A WebP as phones send it: the same face; turned as its EXIF says; white where it lets through. */
static void test_webp(struct check *c)
{
    static const struct photo_wish whole = {.width = 400, .height = 400};
    static const char *const paths[] = {"tests/fuzz/corpus/photo/lossy.webp", "tests/fuzz/corpus/photo/turned.webp", "tests/fuzz/corpus/photo/alpha.webp"};
    struct picture p[3] = {{0}};
    struct arena arena = {0};
    for (size_t i = 0; i < 3; i++) {
        struct file file = load(c, paths[i]);
        struct photo photo = {0};
        struct fault fault = {0};
        if (!CHECK(c, photo_make_apart(&arena, file.data, file.length, &whole, &photo, &fault) == OK)) printf("# %s: %s\n", paths[i], fault.text);
        CHECK(c, image_read(&arena, photo.data, photo.length, &p[i], &fault) == OK);
        arena_release(&file.arena);
    }
    if (p[0].pixels && p[1].pixels && p[2].pixels) {
        CHECK(c, p[0].width == 120 && p[0].height == 160 && p[1].width == 160 && p[1].height == 120 && p[2].width == 40);
        int d = p[1].pixels[30 * 160 + 160 - 1 - 40] - p[0].pixels[40 * 120 + 30]; /* a quarter turn to the right */
        CHECK(c, abs(d) < 40);
        CHECK(c, p[2].pixels[15 * 40 + 5] < 60 && p[2].pixels[15 * 40 + 35] > 245);
    }
    arena_release(&arena);
}

static void refuse(struct check *c, const void *data, size_t length, enum err wanted, const char *word)
{
    struct arena arena = {0};
    struct photo photo = {.width = 77};
    struct fault fault;
    for (int apart = 0; apart < 2; apart++) {
        enum err e = make(data, length, &arena, &photo, &fault, apart);
        if (!CHECK(c, e == wanted && strstr(fault.text, word) && photo.width == 77)) printf("# %d: \"%s\"\n", (int)e, fault.text);
    }
    arena_release(&arena);
}

static void test_bad(struct check *c)
{
    struct file photo = load(c, "photos/P0001.jpg"), logo = load(c, "art/logo.png"), bomb = load(c, "tests/fuzz/corpus/photo/bomb.png");
    struct file huge = load(c, "tests/fuzz/corpus/photo/huge.jpg");
    refuse(c, "", 0, ERR_INPUT, "no JPEG, PNG or WebP");
    refuse(c, "GIF89a", 6, ERR_INPUT, "GIF: please save it as JPEG");
    refuse(c, photo.data, photo.length / 2, ERR_INPUT, "damaged");
    refuse(c, photo.data, 300, ERR_INPUT, "JPEG");
    refuse(c, logo.data, logo.length / 2, ERR_INPUT, "PNG");
    refuse(c, bomb.data, bomb.length, ERR_LIMIT, "too large");
    refuse(c, huge.data, huge.length, ERR_LIMIT, "too large");
    struct file webp = load(c, "tests/fuzz/corpus/photo/lossy.webp"), moving = load(c, "tests/fuzz/corpus/photo/moving.webp");
    refuse(c, webp.data, webp.length / 2, ERR_INPUT, "WebP");
    refuse(c, webp.data, 16, ERR_INPUT, "WebP");
    refuse(c, moving.data, moving.length, ERR_INPUT, "moving");
    arena_release(&webp.arena);
    arena_release(&moving.arena);
    arena_release(&photo.arena);
    arena_release(&logo.arena);
    arena_release(&bomb.arena);
    arena_release(&huge.arena);
}

int main(void)
{
    struct check c = {0};
    test_good(&c, "photos/P0001.jpg");
    test_good(&c, "photos/P0002.jpg");
    test_good(&c, "art/logo.png");
    test_turns(&c);
    test_webp(&c);
    test_bad(&c);
    return check_done(&c, "vision/photo");
}
