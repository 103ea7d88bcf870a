/* Grey pictures out of files: JPEG (libjpeg), PNG (libpng) and PGM. The only includer of jpeglib.h and png.h for reading.
 *
 * Pictures come from strangers: size is checked in the header, before any pixel memory is taken; a broken file gives an error and
 * never ends the program. (A child process around it is the caller's choice.) Colours become luminance, transparency white. */
#ifndef PLENUM_VISION_IMAGE_READ_H
#define PLENUM_VISION_IMAGE_READ_H

#include "core/vision/picture.h"

/* No picture of more pixels is decoded: 64 megapixels of grey are 64 MB. A larger JPEG is read at a half, a quarter or an eighth of its size. */
#define IMAGE_PIXELS_MOST 64000000u
#define IMAGE_JPEG_PIXELS_MOST 256000000u
/* No file is larger than this. */
#define IMAGE_FILE_MOST (64u * 1024u * 1024u)

enum image_kind { IMAGE_UNKNOWN, IMAGE_JPEG, IMAGE_PNG, IMAGE_PGM, IMAGE_WEBP /* photos only (photo.h) */ };

/* By the first bytes, never by the file's name. */
enum image_kind image_kind_of(const void *data, size_t length);

/* Kinds that people have and that we do not read, by their names ("HEIC"); NULL for anything else. */
const char *image_kind_name(const void *data, size_t length);

/* Decodes one picture; the pixels live in the arena (of a PGM: perhaps in `data`). ERR_INPUT with a sentence for a broken or unknown
 * file, ERR_LIMIT for one that is too large, ERR_NOMEM. Thread-safe. */
enum err image_read(struct arena *arena, const void *data, size_t length, struct picture *ret, struct fault *fault);

#endif
