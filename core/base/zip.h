/* The records of a ZIP archive (PKWARE APPNOTE 6.3) whose entries are stored as they are: from names, sizes and CRCs alone follows every byte that is
 * not content, so that the length of an archive, and any part of it, is known before anything is read.
 *
 *     for each entry   zip_local_header, then `size` bytes of content
 *     then             zip_central_header of each entry, then zip_end
 *
 * Names are UTF-8 (flag bit 11); without a time it is 1980-01-01, so that equal content gives equal bytes. ZIP64 fields are there where a number does not fit
 * its 32 or 16 bits, and only there. Thread-safe. */
#ifndef PLENUM_BASE_ZIP_H
#define PLENUM_BASE_ZIP_H

#include "core/base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define ZIP_NAME_MOST 1024
#define ZIP_HEADER_MOST (46 + ZIP_NAME_MOST + 4 + 24) /* of any one record that these functions make */

struct zip_entry {
    const char *name; /* UTF-8, relative, "/" between parts, at most ZIP_NAME_MOST bytes; borrowed */
    uint64_t size;
    uint32_t crc;    /* zip_crc32 of the content */
    uint64_t offset; /* of its local header in the archive */
    uint32_t time;   /* zip_time; 0: 1980-01-01 */
};

/* A local time as ZIP writes it: years 1980 to 2107 (others become the nearest), even seconds. */
uint32_t zip_time(int year, int month, int day, int hour, int minute, int second);

/* Appends one record. */
void zip_local_header(const struct zip_entry *entry, struct buf *out);
void zip_central_header(const struct zip_entry *entry, struct buf *out);
/* What ends the archive: `central` is the offset of the first central header, `length` that of all of them together. */
void zip_end(uint64_t count, uint64_t central, uint64_t length, struct buf *out);

/* The lengths of these records, without making them. */
size_t zip_local_length(const struct zip_entry *entry);
size_t zip_central_length(const struct zip_entry *entry);
size_t zip_end_length(uint64_t count, uint64_t central, uint64_t length);

/* CRC-32 (ISO 3309) of pieces: begins with 0, each call takes the last result. */
uint32_t zip_crc32(uint32_t crc, const void *data, size_t length);

#endif
