#include "core/base/zip.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#define NO_ROOM_32 UINT64_C(0xffffffff)
#define NO_ROOM_16 UINT64_C(0xffff)
#define VERSION_PLAIN 20u
#define VERSION_ZIP64 45u
#define MADE_BY_UNIX (3u << 8)
#define NAMES_ARE_UTF8 (1u << 11)
#define FIRST_DAY 0x0021u /* 1980-01-01 */
#define REGULAR_FILE (UINT32_C(0100644) << 16)

static void put(struct buf *out, uint64_t value, unsigned bytes)
{
    unsigned char little[8];
    for (unsigned i = 0; i < bytes; i++) little[i] = (unsigned char)(value >> (8 * i));
    buf_add(out, little, bytes);
}

static uint64_t clip(uint64_t value, uint64_t most)
{
    return value < most ? value : most;
}

static bool is_large(const struct zip_entry *e)
{
    return e->size >= NO_ROOM_32;
}

static unsigned extra_central(const struct zip_entry *e)
{
    unsigned data = (is_large(e) ? 16u : 0u) + (e->offset >= NO_ROOM_32 ? 8u : 0u);
    return data ? 4u + data : 0u;
}

size_t zip_local_length(const struct zip_entry *entry)
{
    return 30 + strlen(entry->name) + (is_large(entry) ? 20 : 0);
}

size_t zip_central_length(const struct zip_entry *entry)
{
    return 46 + strlen(entry->name) + extra_central(entry);
}

static bool end_is_large(uint64_t count, uint64_t central, uint64_t length)
{
    return count >= NO_ROOM_16 || central >= NO_ROOM_32 || length >= NO_ROOM_32;
}

size_t zip_end_length(uint64_t count, uint64_t central, uint64_t length)
{
    return 22 + (end_is_large(count, central, length) ? 56 + 20 : 0);
}

/* From the version needed to the length of the name: the same in both headers. */
static void put_common(struct buf *out, const struct zip_entry *e, bool zip64)
{
    put(out, zip64 ? VERSION_ZIP64 : VERSION_PLAIN, 2);
    put(out, NAMES_ARE_UTF8, 2);
    put(out, 0, 2); /* stored */
    put(out, e->time ? e->time : FIRST_DAY << 16, 4);
    put(out, e->crc, 4);
    put(out, clip(e->size, NO_ROOM_32), 4);
    put(out, clip(e->size, NO_ROOM_32), 4);
    put(out, strlen(e->name), 2);
}

void zip_local_header(const struct zip_entry *entry, struct buf *out)
{
    put(out, 0x04034b50, 4);
    put_common(out, entry, is_large(entry));
    put(out, is_large(entry) ? 20 : 0, 2);
    buf_puts(out, entry->name);
    if (!is_large(entry)) return;
    put(out, 1, 2);
    put(out, 16, 2);
    put(out, entry->size, 8);
    put(out, entry->size, 8);
}

void zip_central_header(const struct zip_entry *entry, struct buf *out)
{
    unsigned extra = extra_central(entry);
    put(out, 0x02014b50, 4);
    put(out, MADE_BY_UNIX | VERSION_ZIP64, 2);
    put_common(out, entry, extra > 0);
    put(out, extra, 2);
    put(out, 0, 2); /* comment */
    put(out, 0, 2); /* disk */
    put(out, 0, 2);
    put(out, REGULAR_FILE, 4);
    put(out, clip(entry->offset, NO_ROOM_32), 4);
    buf_puts(out, entry->name);
    if (!extra) return;
    put(out, 1, 2);
    put(out, extra - 4, 2);
    if (is_large(entry)) put(out, entry->size, 8);
    if (is_large(entry)) put(out, entry->size, 8);
    if (entry->offset >= NO_ROOM_32) put(out, entry->offset, 8);
}

static void put_zip64_end(uint64_t count, uint64_t central, uint64_t length, struct buf *out)
{
    put(out, 0x06064b50, 4);
    put(out, 44, 8);
    put(out, MADE_BY_UNIX | VERSION_ZIP64, 2);
    put(out, VERSION_ZIP64, 2);
    put(out, 0, 4);
    put(out, 0, 4);
    put(out, count, 8);
    put(out, count, 8);
    put(out, length, 8);
    put(out, central, 8);
    put(out, 0x07064b50, 4);
    put(out, 0, 4);
    put(out, central + length, 8);
    put(out, 1, 4);
}

void zip_end(uint64_t count, uint64_t central, uint64_t length, struct buf *out)
{
    if (end_is_large(count, central, length)) put_zip64_end(count, central, length, out);
    put(out, 0x06054b50, 4);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, clip(count, NO_ROOM_16), 2);
    put(out, clip(count, NO_ROOM_16), 2);
    put(out, clip(length, NO_ROOM_32), 4);
    put(out, clip(central, NO_ROOM_32), 4);
    put(out, 0, 2);
}

uint32_t zip_time(int year, int month, int day, int hour, int minute, int second)
{
    if (year < 1980) return FIRST_DAY << 16;
    if (year > 2107) year = 2107;
    uint32_t date = (uint32_t)(year - 1980) << 9 | (uint32_t)month << 5 | (uint32_t)day;
    return date << 16 | (uint32_t)hour << 11 | (uint32_t)minute << 5 | (uint32_t)second / 2;
}

uint32_t zip_crc32(uint32_t crc, const void *data, size_t length)
{
    return (uint32_t)crc32_z(crc, data, length);
}
