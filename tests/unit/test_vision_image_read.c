/* Pictures of strangers: whole, cut, too large, damaged. */
#include "core/base/file.h"
#include "core/vision/image_read.h"
#include "tests/unit/check.h"

#include <stdlib.h>

static void put_be32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* CRC-32 of PNG (ISO 3309), bit by bit. */
static uint32_t crc32_of(const uint8_t *data, size_t length)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* The frame header (SOF0 to SOF2) of a JPEG; NULL when there is none. */
static uint8_t *find_sof(uint8_t *data, size_t length)
{
    for (size_t i = 2; i + 9 < length; i++)
        if (data[i] == 0xff && data[i + 1] >= 0xc0 && data[i + 1] <= 0xc2) return data + i;
    return NULL;
}

/* Every cut and much damage: an answer each time (run under the sanitizers). */
static void test_damage(struct check *c, const uint8_t *data, size_t length)
{
    struct arena arena = {0};
    struct picture picture;
    unsigned seed = 11;
    int answers = 0;
    for (size_t cut = 0; cut < length; cut += 5) {
        uint8_t *exact = malloc(cut ? cut : 1); /* of this very size, so that a read behind it is seen */
        memcpy(exact, data, cut);
        (void)image_read(&arena, exact, cut, &picture, NULL);
        arena_clear(&arena);
        free(exact);
        answers++;
    }
    for (int round = 0; round < 600; round++) {
        uint8_t *copy = malloc(length);
        memcpy(copy, data, length);
        for (int k = 0; k < 1 + round % 8; k++) copy[(unsigned)rand_r(&seed) % length] = (uint8_t)rand_r(&seed);
        enum err e = image_read(&arena, copy, length, &picture, NULL);
        if (e == OK && (size_t)picture.width * picture.height > IMAGE_PIXELS_MOST) CHECK(c, !"within the bound");
        arena_clear(&arena);
        free(copy);
        answers++;
    }
    CHECK(c, answers > 600);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    struct picture picture;
    struct fault fault;
    char *jpeg, *png;
    size_t jpeg_length, png_length;
    CHECK(&c, file_read(&arena, "tests/fixtures/scanner/badge.jpg", 1 << 20, &jpeg, &jpeg_length, NULL) == OK);
    CHECK(&c, file_read(&arena, "tests/fixtures/scanner/badge.png", 1 << 20, &png, &png_length, NULL) == OK);
    CHECK(&c, image_read(&arena, png, png_length, &picture, &fault) == OK && picture.width == 148 && picture.height == 148);
    CHECK(&c, picture.pixels[0] == 255);
    CHECK(&c, image_read(&arena, jpeg, jpeg_length, &picture, &fault) == OK && picture.width == 148 && picture.height == 148);
    CHECK(&c, picture.pixels[0] > 250);
    CHECK(&c, image_read(&arena, "P5\n2 1\n255\n\0\377", 13, &picture, &fault) == OK && picture.pixels[1] == 255);
    CHECK(&c, image_read(&arena, "GIF89a", 6, &picture, &fault) == ERR_INPUT);
    CHECK(&c, image_read(&arena, "", 0, &picture, &fault) == ERR_INPUT);
    CHECK(&c, image_read(&arena, "\0\0\0\x18" "ftypheic\0\0\0\0", 16, &picture, &fault) == ERR_INPUT && strstr(fault.text, "HEIC is not read: save it as JPEG"));
    CHECK_TEXT(&c, image_kind_name("RIFF\0\0\0\0WEBPVP8 ", 16), "WebP");
    CHECK(&c, image_kind_name("ftyp", 4) == NULL && image_kind_name("", 0) == NULL);
    char *inks;
    size_t inks_length;
    CHECK(&c, file_read(&arena, "tests/fixtures/scanner/badge-inks.jpg", 1 << 20, &inks, &inks_length, NULL) == OK);
    CHECK(&c, image_read(&arena, inks, inks_length, &picture, &fault) == OK && picture.width == 148 && picture.pixels[0] > 250); /* paper is white, as ink is none */
    CHECK(&c, image_read(&arena, "P5\n16384 16384\n255\n", 19, &picture, &fault) != OK);

    /* Headers that promise gigabytes: refused before memory is taken. */
    struct arena small;
    arena_init(&small, 1 << 20);
    uint8_t *sof = find_sof((uint8_t *)jpeg, jpeg_length);
    if (CHECK(&c, sof != NULL)) {
        uint8_t keep[4];
        memcpy(keep, sof + 5, 4);
        memcpy(sof + 5, "\xff\xdc\xff\xdc", 4);
        CHECK(&c, image_read(&small, jpeg, jpeg_length, &picture, &fault) == ERR_LIMIT);
        memcpy(sof + 5, "\x23\x28\x23\x28", 4); /* 9000 × 9000: a phone's, read at half size */
        CHECK(&c, image_read(&arena, jpeg, jpeg_length, &picture, &fault) == OK && picture.width == 4500 && picture.height == 4500);
        memcpy(sof + 5, "\0\0\0\0", 4);
        CHECK(&c, image_read(&small, jpeg, jpeg_length, &picture, &fault) == ERR_INPUT);
        memcpy(sof + 5, keep, 4);
    }
    uint8_t keep[12];
    memcpy(keep, png + 16, 8);
    memcpy(keep + 8, png + 29, 4);
    put_be32((uint8_t *)png + 16, 60000);
    put_be32((uint8_t *)png + 20, 60000);
    put_be32((uint8_t *)png + 29, crc32_of((uint8_t *)png + 12, 17));
    CHECK(&c, image_read(&small, png, png_length, &picture, &fault) == ERR_LIMIT);
    memcpy(png + 16, keep, 8);
    memcpy(png + 29, keep + 8, 4);
    arena_release(&small);

    test_damage(&c, (uint8_t *)jpeg, jpeg_length);
    test_damage(&c, (uint8_t *)png, png_length);
    arena_release(&arena);
    return check_done(&c, "vision/image_read");
}
