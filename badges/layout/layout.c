/* Layouts by name: those of the data folder, then our own. */
#include "badges/layout/layout.h"

#include "badges/layout/layout_files.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define LAYOUT_BYTES_MOST (256u * 1024u)

/* In the order of the help. */
static const char *const names[] = {"a4x8", "a6", "a6-landscape", "card-90x55", "cr80", "a4x4", "a5-fold", "label-62", "tent", "sheet",
                                    "blank", "voting-card", "meal-coupon"};

const char *badges_layout_name(size_t index)
{
    return index < COUNT(names) ? names[index] : NULL;
}

const char *badges_layout_source(const char *name, size_t *ret_length)
{
    for (const struct layout_file *file = layout_files; file->name; file++) {
        if (strcmp(file->name, name) != 0) continue;
        *ret_length = strlen(file->text);
        return file->text;
    }
    return NULL;
}

static enum err read_own_file(struct arena *arena, const char *path, const struct badge_layout **ret, struct fault *fault)
{
    char *text = NULL;
    size_t length = 0;
    enum err e = file_read(arena, path, LAYOUT_BYTES_MOST, &text, &length, fault);
    return e == OK ? badges_layout_read(arena, file_base_name(path), text, length, ret, fault) : e;
}

static enum err tell_names(const char *name, struct fault *fault)
{
    struct buf list;
    buf_init(&list, BUF_LIMIT_LINE);
    for (size_t i = 0; i < COUNT(names); i++) buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    (void)fault_set(fault, ERR_NOT_FOUND, "no layout is called \"%.60s\"; there are %s", name, buf_text(&list));
    buf_release(&list);
    return ERR_NOT_FOUND;
}

enum err badges_layout_find(struct arena *arena, const char *folder, const char *name, const struct badge_layout **ret, struct fault *fault)
{
    if (!name) name = names[0];
    size_t length = 0;
    if (!text_is_code(name)) return tell_names(name, fault);
    const char *path = folder ? arena_printf(arena, "%s/layouts/%s.json", folder, name) : NULL;
    if (path && file_is_plain(path)) return read_own_file(arena, path, ret, fault);
    const char *text = badges_layout_source(name, &length);
    return text ? badges_layout_read(arena, name, text, length, ret, fault) : tell_names(name, fault);
}
