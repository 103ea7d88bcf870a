/* Reading: which edition is shown when. Writing is post_write.c, pictures post_pictures.c. */
#include "core/congress/posts/posts.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

const char *post_state_word(enum post_state state)
{
    static const char *const words[] = {"draft", "planned", "public", "withdrawn"};
    return words[state];
}

static void judge(struct post *post, int64_t now_ms)
{
    for (size_t i = 0; i < post->edition_count; i++) {
        const struct post_edition *e = &post->editions[i];
        if (e->recalled) continue;
        if (e->from_ms > now_ms) {
            post->coming = e;
            continue;
        }
        if (!post->visible_count || e->from_ms < post->first_ms) post->first_ms = e->from_ms;
        post->shown = e;
        post->visible_count++;
    }
    /* One that was withdrawn stays so until the edition that was published since has come to its hour: the old words never show again meanwhile. */
    bool withdrawn = post->withdrawn_ms != DB_NULL && (!post->shown || post->shown->from_ms <= post->withdrawn_ms);
    post->state = withdrawn ? POST_WITHDRAWN : post->shown ? POST_PUBLIC : post->coming ? POST_PLANNED : POST_DRAFT;
}

static struct post_edition edition_of(const struct sql_post_editions_row *row)
{
    return (struct post_edition){.id = row->id, .number = row->number, .of_version = row->of_version, .at_ms = row->at_ms, .from_ms = row->from_ms,
                                 .recalled = row->recalled_ms != DB_NULL, .actor = row->actor};
}

/* Those of one post stand together. */
static void attach(struct post *post, const struct post_edition *all, const struct sql_post_editions_row *rows, size_t count)
{
    size_t from = 0;
    while (from < count && rows[from].post_id != post->id) from++;
    post->editions = all + from;
    while (from + post->edition_count < count && rows[from + post->edition_count].post_id == post->id) post->edition_count++;
}

enum err posts_list(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct post **ret, size_t *ret_count)
{
    struct sql_post_list_row *rows;
    struct sql_post_editions_row *editions;
    size_t count, edition_count;
    enum err e = sql_post_list(db, arena, event_id, &rows, &count);
    if (e == OK) e = sql_post_editions(db, arena, event_id, &editions, &edition_count);
    if (e != OK) return e;
    struct post *list = arena_array(arena, count + 1, sizeof *list);
    struct post_edition *all = arena_array(arena, edition_count + 1, sizeof *all);
    if (!list || !all) return ERR_NOMEM;
    for (size_t i = 0; i < edition_count; i++) all[i] = edition_of(&editions[i]);
    for (size_t i = 0; i < count; i++) {
        const struct sql_post_list_row *row = &rows[i];
        list[i] = (struct post){.id = row->id, .version = row->version, .changed_ms = row->changed_ms, .withdrawn_ms = row->withdrawn_ms,
                                .is_results = strcmp(row->kind, "results") == 0, .session = row->session, .title = row->title, .changed_by = row->changed_by,
                                .withdrawn_by = row->withdrawn_by};
        attach(&list[i], all, editions, edition_count);
        judge(&list[i], now_ms);
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err post_find(struct db *db, struct arena *arena, int64_t event_id, int64_t id, int64_t now_ms, struct post *ret)
{
    struct sql_post_get_row row;
    struct sql_post_editions_of_row *rows;
    size_t count;
    enum err e = sql_post_get(db, arena, event_id, id, &row);
    if (e == OK) e = sql_post_editions_of(db, arena, event_id, id, &rows, &count);
    if (e != OK) return e;
    struct post_edition *all = arena_array(arena, count + 1, sizeof *all);
    if (!all) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        all[i] = (struct post_edition){.id = rows[i].id, .number = rows[i].number, .of_version = rows[i].of_version, .at_ms = rows[i].at_ms,
                                       .from_ms = rows[i].from_ms, .recalled = rows[i].recalled_ms != DB_NULL, .actor = rows[i].actor};
    *ret = (struct post){.id = row.id, .version = row.version, .changed_ms = row.changed_ms, .withdrawn_ms = row.withdrawn_ms,
                         .is_results = strcmp(row.kind, "results") == 0, .session = row.session, .title = row.title, .changed_by = row.changed_by,
                         .withdrawn_by = row.withdrawn_by, .editions = all, .edition_count = count};
    judge(ret, now_ms);
    return OK;
}

static int newest_first(const void *left, const void *right)
{
    const struct post *a = left, *b = right;
    if (a->first_ms != b->first_ms) return a->first_ms < b->first_ms ? 1 : -1;
    return a->id < b->id ? 1 : a->id > b->id ? -1 : 0;
}

enum err posts_public(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct post **ret, size_t *ret_count)
{
    struct post *list;
    size_t count, kept = 0;
    enum err e = posts_list(db, arena, event_id, now_ms, &list, &count);
    if (e != OK) return e;
    for (size_t i = 0; i < count; i++)
        if (list[i].shown) list[kept++] = list[i];
    if (kept) qsort(list, kept, sizeof *list, newest_first);
    *ret = list;
    *ret_count = kept;
    return OK;
}

enum err posts_mark(struct db *db, struct arena *arena, int64_t event_id, uint64_t *ret)
{
    struct sql_post_mark_row row;
    enum err e = sql_post_mark(db, arena, event_id, &row);
    if (e == OK) *ret = (uint64_t)row.versions * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)row.approvals;
    return e;
}

int64_t posts_next_change(const struct post *posts, size_t count, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < posts[i].edition_count; k++) {
            const struct post_edition *e = &posts[i].editions[k];
            if (!e->recalled && e->from_ms > now_ms && e->from_ms < next) next = e->from_ms;
        }
    return next;
}

/* --- what is read -------------------------------------------------------------------------------------------------------------------------- */

static const struct sql_post_pictures_row *picture_row(const struct sql_post_pictures_row *rows, size_t count, const char *id)
{
    int64_t number = id ? strtoll(id, NULL, 10) : 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == number) return &rows[i];
    return NULL;
}

static struct post_picture picture_of(const struct sql_post_pictures_row *row)
{
    return (struct post_picture){.id = row->id, .caption = row->caption, .alt = row->alt, .width = row->width, .height = row->height,
                                 .approved = row->approved_ms != DB_NULL, .made_by = row->made_by, .approved_by = row->approved_by};
}

/* In the edition's order and with its words, as far as they are approved now. */
static enum err pictures_of_edition(struct arena *arena, const char *stored, const struct sql_post_pictures_row *rows, size_t count, struct post_text *ret)
{
    json_t *list = NULL;
    enum err e = json_read(stored, strlen(stored), &list, NULL);
    for (size_t i = 0; e == OK && i < json_array_size(list) && ret->picture_count < count; i++) {
        json_t *item = json_array_get(list, i);
        const struct sql_post_pictures_row *row = picture_row(rows, count, json_string_value(json_object_get(item, "id")));
        if (!row || row->approved_ms == DB_NULL) continue;
        struct post_picture picture = picture_of(row);
        picture.caption = json_text(arena, json_object_get(item, "caption"));
        picture.alt = json_text(arena, json_object_get(item, "alt"));
        if (!picture.caption || !picture.alt) e = ERR_NOMEM;
        ret->pictures[ret->picture_count++] = picture;
    }
    json_decref(list);
    return e;
}

enum err post_read(struct db *db, struct arena *arena, int64_t event_id, int64_t post_id, int64_t edition_id, struct post_text *ret)
{
    struct sql_post_pictures_row *rows;
    struct sql_post_edition_get_row edition;
    struct sql_post_get_row draft;
    size_t count;
    enum err e = edition_id ? sql_post_edition_get(db, arena, edition_id, &edition) : sql_post_get(db, arena, event_id, post_id, &draft);
    if (e == OK) e = sql_post_pictures(db, arena, post_id, &rows, &count);
    if (e != OK) return e;
    struct post_text text = {.pictures = arena_array(arena, count + 1, sizeof *text.pictures)};
    if (!text.pictures) return ERR_NOMEM;
    text.is_results = strcmp(edition_id ? edition.kind : draft.kind, "results") == 0;
    text.session = edition_id ? edition.session : draft.session;
    text.title = edition_id ? edition.title : draft.title;
    text.body = edition_id ? edition.body : draft.body;
    text.figure_id = edition_id ? edition.figure_id : draft.figure_id;
    if (edition_id) e = pictures_of_edition(arena, edition.pictures, rows, count, &text);
    else
        for (size_t i = 0; i < count; i++) text.pictures[text.picture_count++] = picture_of(&rows[i]);
    if (e == OK) *ret = text;
    return e;
}

void post_pick(struct arena *arena, const struct post_text *text, const char *language, const char **ret_title, const char **ret_body, const char **ret_tag)
{
    const char *tag = "";
    *ret_title = title_pick_language(arena, text->title, language, &tag);
    *ret_tag = arena_strdup(arena, tag);
    *ret_body = title_pick(arena, text->body, *tag ? tag : language);
    if (!*ret_tag || !*ret_body) *ret_title = NULL;
}

enum err post_picture_blob(struct db *db, struct arena *arena, int64_t event_id, int64_t picture_id, bool small, bool for_all, int64_t now_ms,
                           const char **ret_sha256, int64_t *ret_size)
{
    struct sql_post_picture_get_row row;
    struct post post;
    struct post_text text = {0};
    enum err e = sql_post_picture_get(db, arena, event_id, picture_id, &row);
    if (e == OK && for_all) e = row.approved_ms == DB_NULL ? ERR_NOT_FOUND : post_find(db, arena, event_id, row.post_id, now_ms, &post);
    if (e == OK && for_all && post.state != POST_PUBLIC) e = ERR_NOT_FOUND;
    if (e == OK && for_all) e = post_read(db, arena, event_id, row.post_id, post.shown->id, &text);
    bool there = !for_all;
    for (size_t i = 0; i < text.picture_count; i++) there = there || text.pictures[i].id == picture_id;
    if (e == OK && !there) e = ERR_NOT_FOUND;
    if (e != OK) return e;
    *ret_sha256 = small ? row.small : row.large;
    *ret_size = small ? row.small_size : row.large_size;
    return OK;
}
