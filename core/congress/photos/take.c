#include "core/base/file.h"
#include "core/base/zip.h"
#include "core/congress/photos/photos.h"
#include "core/vision/photo.h"

enum err photo_take(struct arena *arena, const char *folder, const void *data, size_t length, struct blob *ret, struct fault *fault)
{
    const struct photo_wish wish = {.width = PHOTO_SIDE_KEPT, .height = PHOTO_SIDE_KEPT, .keep = true};
    struct photo photo;
    enum err e = photo_make_apart(arena, data, length, &wish, &photo, fault);
    if (e != OK) return e;
    if (folder) return blob_put_data(folder, photo.data, photo.length, ret, fault);
    *ret = (struct blob){.size = (int64_t)photo.length, .crc = zip_crc32(0, photo.data, photo.length), .media_type = blob_sniff(photo.data, photo.length, NULL)};
    crypto_sha256_hex(photo.data, photo.length, ret->sha256);
    return OK;
}

enum err photo_show(struct arena *arena, const char *folder, const char *sha256, unsigned side, const void **ret_data, size_t *ret_length, struct fault *fault)
{
    const struct photo_wish wish = {.width = side, .height = side};
    struct photo photo;
    char *bytes = NULL, *path = blob_path(arena, folder, sha256);
    size_t length = 0;
    enum err e = path ? file_read(arena, path, PHOTO_FILE_MOST, &bytes, &length, fault) : ERR_NOMEM;
    if (e == OK) e = photo_make_apart(arena, bytes, length, &wish, &photo, fault);
    if (e != OK) return e;
    *ret_data = photo.data;
    *ret_length = photo.length;
    return OK;
}
