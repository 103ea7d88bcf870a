/* Frames from a pipe, yuv4mpeg or MJPEG, decoded at once or handed on as they are (by the length of the input). Every frame has the size that it says; it ends.
 *     make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz build/fuzz/fuzz/fuzz_frames && build/fuzz/fuzz/fuzz_frames tests/fuzz/corpus/frames */
#include "tests/fuzz/fuzz.h"

#include "scanner/frames/frames.h"

#include <sys/mman.h>
#include <unistd.h>

int fuzz_frames(const uint8_t *data, size_t length)
{
    struct source *source = NULL;
    struct fault fault = {0};
    struct arena arena = {0};
    int64_t number = 0;
    enum err e = OK;
    int fd = memfd_create("frames", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) != 0) abort();
    if (source_open_stream(fd, -1, 0, &source, &fault) == OK) {
        if (length % 2) source_keep_encoded(source);
        for (int k = 0; k < 200 && (e == OK || e == ERR_INPUT); k++) {
            struct frame frame;
            unsigned sum = 0;
            arena_clear(&arena);
            e = source_next(source, &arena, &frame, &fault);
            if (e != OK) continue;
            fuzz_expect(frame.number > number && (frame.encoded != NULL) != (frame.picture.pixels != NULL));
            number = frame.number;
            for (size_t i = 0; i < (size_t)frame.picture.width * frame.picture.height; i++) sum += frame.picture.pixels[i];
            for (size_t i = 0; i < frame.encoded_length; i++) sum += ((const uint8_t *)frame.encoded)[i];
            volatile unsigned touched = sum; /* every byte is there to be read */
            (void)touched;
        }
    } else fuzz_expect(fault.text[0] != '\0');
    source_close(source);
    arena_release(&arena);
    close(fd);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_frames(data, length);
}
#endif
