/* A folder of papers, as it lies there or as its manifest.json says. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEEPEST 6
#define SOURCE_MANIFEST_MOST (8u << 20)

struct walk {
    struct arena *arena;
    const struct folder_wishes *wishes;
    struct folder_list *list;
    struct fault *fault;
    struct map left_out; /* relative path -> itself, when it was met */
};

static enum err no_memory(struct walk *w)
{
    return fault_set(w->fault, ERR_NOMEM, "not enough memory");
}

static enum err note(struct walk *w, bool problem, const char *relative, const char *sentence)
{
    struct folder_list *l = w->list;
    int bad = problem ? arena_grow(w->arena, &l->problems, &l->problem_capacity, l->problem_count, sizeof *l->problems)
                      : arena_grow(w->arena, &l->notes, &l->note_capacity, l->note_count, sizeof *l->notes);
    if (bad != 0) return no_memory(w);
    const struct folder_problem one = {.relative = relative, .sentence = sentence};
    if (problem) l->problems[l->problem_count++] = one;
    else l->notes[l->note_count++] = one;
    return OK;
}

/* What systems and office programs leave lying about: nobody put it there. */
static bool is_litter(const char *name)
{
    static const char *const names[] = {"Thumbs.db", "desktop.ini", "__MACOSX"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(name, names[i]) == 0) return true;
    return name[0] == '.' || strncmp(name, "~$", 2) == 0;
}

static bool is_left_out(struct walk *w, const char *relative)
{
    for (size_t i = 0; i < w->wishes->leave_out_count; i++) {
        const char *wish = text_nfc(w->arena, w->wishes->leave_out[i]);
        if (wish && strcmp(wish, relative) == 0) return map_put(&w->left_out, wish, w) == 0;
    }
    return false;
}

static enum err add_item(struct walk *w, const char *relative, const char *path)
{
    struct folder_list *l = w->list;
    if (l->count == BUNDLE_PAPERS_MOST) return fault_set(w->fault, ERR_LIMIT, "more than %d papers in one folder", BUNDLE_PAPERS_MOST);
    if (arena_grow(w->arena, &l->items, &l->capacity, l->count, sizeof *l->items) != 0) return no_memory(w);
    l->items[l->count++] = (struct folder_item){.relative = relative, .path = path};
    return OK;
}

static enum err walk(struct walk *w, const char *folder, const char *prefix, int depth);

static enum err meet(struct walk *w, const char *folder, const char *prefix, const char *name, int depth)
{
    struct stat st;
    const char *path = file_join(w->arena, folder, name);
    if (is_litter(name) || (depth == 0 && strcmp(name, BUNDLE_MANIFEST) == 0)) return OK;
    if (!text_is_utf8(name, strlen(name))) return note(w, true, arena_printf(w->arena, "%s…", prefix), "a name here is no UTF-8 text; rename it");
    const char *composed = text_nfc(w->arena, name), *relative = composed ? arena_printf(w->arena, "%s%s", prefix, composed) : NULL;
    if (!path || !relative) return no_memory(w);
    if (is_left_out(w, relative)) return note(w, false, relative, "left out, as you said");
    if (lstat(path, &st) != 0) return note(w, true, relative, strerror(errno));
    if (S_ISLNK(st.st_mode)) return note(w, true, relative, "is a link; put the file itself here");
    if (!text_is_printable(composed) || strchr(composed, '\n') || strchr(composed, '\t') || strchr(composed, '\\') || strchr(composed, ':') ||
        strlen(relative) > ZIP_NAME_MOST - 16)
        return note(w, true, relative, "its name has characters that not every computer takes, or is too long; rename it");
    if (S_ISREG(st.st_mode)) return add_item(w, relative, path);
    if (!S_ISDIR(st.st_mode)) return note(w, true, relative, "is not a file");
    if (depth + 1 == DEEPEST) return note(w, true, relative, "folders are nested too deep");
    const char *below = arena_printf(w->arena, "%s/", relative);
    return below ? walk(w, path, below, depth + 1) : no_memory(w);
}

static enum err walk(struct walk *w, const char *folder, const char *prefix, int depth)
{
    DIR *dir = opendir(folder);
    enum err e = OK;
    if (!dir) return fault_set(w->fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; e == OK && (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) e = meet(w, folder, prefix, entry->d_name, depth);
    closedir(dir);
    return e;
}

static int compare_items(const void *a, const void *b)
{
    const struct folder_item *x = a, *y = b;
    return paper_name_compare(x->relative, y->relative);
}

/* Two names that one computer tells apart and another does not. */
static enum err check_case(struct walk *w)
{
    struct map seen = {.arena = w->arena};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < w->list->count; i++) {
        struct folder_item *item = &w->list->items[i];
        const char *plain = text_caseless(w->arena, item->relative), *other = plain ? map_get(&seen, plain) : NULL;
        if (!plain || map_put(&seen, plain, (void *)(uintptr_t)item->relative) != 0) return no_memory(w);
        if (other) e = note(w, true, item->relative, arena_printf(w->arena,
            "has the same name as “%s” on computers that do not tell small letters from capitals", other));
    }
    return e;
}

/* What the names say, where nothing else says it. */
static enum err fill_names(struct walk *w)
{
    for (size_t i = 0; i < w->list->count; i++) {
        struct folder_item *item = &w->list->items[i];
        struct bundle_paper *p = &item->paper;
        struct paper_name name;
        if (paper_name_read(w->arena, item->relative, &name) != OK) return no_memory(w);
        bool by_hand = p->file != NULL; /* manifest.json names it: then its folder says nothing */
        if (!p->title) {
            json_t *title = json_string(name.title);
            p->title = title ? json_text(w->arena, title) : NULL;
            json_decref(title);
        }
        if (!p->session && !by_hand) p->session = name.session;
        item->code_is_made = !p->code;
        if (!p->code) p->code = name.code;
        p->file = item->relative;
        if (!p->title) return no_memory(w);
    }
    return OK;
}

/* manifest.json decides which papers there are, and in which order. */
static enum err apply_manifest(struct walk *w, json_t *root)
{
    struct root {
        const char *format, *title;
        json_t *documents;
    } j = {0};
    static const struct json_spec specs[] = {{"format", JSON_SPEC_TEXT, offsetof(struct root, format), JSON_REQUIRED, 40},
                                             {"title", JSON_SPEC_TEXT, offsetof(struct root, title), JSON_NULLABLE, 1000},
                                             {"documents", JSON_SPEC_ARRAY, offsetof(struct root, documents), JSON_REQUIRED, BUNDLE_PAPERS_MOST}};
    struct json_place up = {.key = "documents"}, place = {.up = &up};
    struct map by_name = {.arena = w->arena};
    struct folder_list found = *w->list;
    enum err e = json_take(root, specs, 3, &j, NULL, w->fault);
    if (e == OK && strcmp(j.format, BUNDLE_FORMAT) != 0) e = fault_set(w->fault, ERR_INPUT, "format: \"%.40s\" is not %s", j.format, BUNDLE_FORMAT);
    for (size_t i = 0; e == OK && i < found.count; i++)
        if (map_put(&by_name, found.items[i].relative, &found.items[i]) != 0) e = no_memory(w);
    w->list->items = NULL;
    w->list->count = w->list->capacity = 0;
    for (; e == OK && place.index < json_array_size(j.documents); place.index++) {
        struct bundle_paper paper;
        e = bundle_paper_take(w->arena, json_array_get(j.documents, place.index), false, &place, &paper, w->fault);
        const char *relative = e == OK ? text_nfc(w->arena, paper.file) : NULL;
        struct folder_item *item = relative ? map_get(&by_name, relative) : NULL;
        if (e != OK) break;
        if (!item && relative && map_get(&w->left_out, relative)) continue;
        if (!item) e = json_fault(w->fault, &place, "there is no file \"%.200s\" in the folder", paper.file);
        else if (item->paper.file) e = json_fault(w->fault, &place, "\"%.200s\" stands twice", paper.file);
        if (e != OK) break;
        item->paper = paper;
        e = add_item(w, item->relative, item->path);
        if (e == OK) w->list->items[w->list->count - 1].paper = paper;
    }
    for (size_t i = 0; e == OK && i < found.count; i++)
        if (!found.items[i].paper.file) e = note(w, false, found.items[i].relative, "manifest.json does not name it: it is left out");
    if (e == OK && j.title) w->list->title = arena_strdup(w->arena, j.title);
    return e;
}

static enum err read_manifest(struct walk *w)
{
    const char *path = file_join(w->arena, w->wishes->folder, BUNDLE_MANIFEST);
    char *text;
    size_t length;
    json_t *root = NULL;
    if (!path) return no_memory(w);
    if (!file_exists(path)) return OK;
    enum err e = file_read(w->arena, path, SOURCE_MANIFEST_MOST, &text, &length, w->fault);
    if (e == OK && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    if (e == OK) e = json_read(text, length, &root, w->fault);
    if (e == OK) e = apply_manifest(w, root);
    if (e == ERR_INPUT) fault_prefix(w->fault, "%s", BUNDLE_MANIFEST);
    json_decref(root);
    return e;
}

/* "Báo cáo.docx" beside "Báo cáo.pdf", "Tốt" beside "Tot": a code that was made of the name gets the ending, or what tells the whole name from others. */
static const char *other_code(struct walk *w, const struct map *taken, const struct folder_item *item)
{
    char hash[CRYPTO_HASH_HEX];
    const char *dot = strrchr(item->relative, '.');
    for (int i = 0; i < 2; i++) {
        crypto_sha256_hex(item->relative, strlen(item->relative), hash);
        const char *code = arena_printf(w->arena, "%.48s-%.*s", item->paper.code, 8, i || !dot ? hash : dot + 1), *plain = code ? text_caseless(w->arena, code) : NULL;
        if (plain && text_is_code(code) && !map_get(taken, plain)) return code;
    }
    return NULL;
}

static enum err check_codes(struct walk *w)
{
    struct map seen = {.arena = w->arena};
    enum err e = OK;
    for (int made = 0; made < 2; made++) { /* those that somebody chose first */
        for (size_t i = 0; e == OK && i < w->list->count; i++) {
            struct folder_item *item = &w->list->items[i];
            if (item->code_is_made != (made == 1)) continue;
            const char *plain = text_caseless(w->arena, item->paper.code), *other = plain ? map_get(&seen, plain) : NULL;
            if (other && made) {
                item->paper.code = other_code(w, &seen, item);
                plain = item->paper.code ? text_caseless(w->arena, item->paper.code) : NULL;
            }
            if (!plain || map_put(&seen, plain, (void *)(uintptr_t)item->relative) != 0) return no_memory(w);
            if (other && !made) e = note(w, true, item->relative, arena_printf(w->arena, "gets the same code (%s) as “%s”", item->paper.code, other));
        }
    }
    return e;
}

enum err folder_read(struct arena *arena, const struct folder_wishes *wishes, struct folder_list *ret, struct fault *fault)
{
    struct folder_list list = {0};
    struct walk w = {.arena = arena, .wishes = wishes, .list = &list, .fault = fault, .left_out = {.arena = arena}};
    enum err e = walk(&w, wishes->folder, "", 0);
    if (e == OK && list.count) qsort(list.items, list.count, sizeof *list.items, compare_items);
    if (e == OK) e = check_case(&w);
    if (e == OK) e = read_manifest(&w);
    if (e == OK) e = fill_names(&w);
    if (e == OK) e = check_codes(&w);
    for (size_t i = 0; e == OK && i < wishes->leave_out_count; i++) {
        const char *wish = text_nfc(arena, wishes->leave_out[i]);
        if (!wish || !map_get(&w.left_out, wish)) e = fault_set(fault, ERR_USAGE, "--leave-out: there is no \"%.200s\" in the folder", wishes->leave_out[i]);
    }
    if (e == OK) *ret = list;
    return e;
}
