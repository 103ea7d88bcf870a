/* Pictures of posts: taken in, described, approved, ordered. */
#include "core/congress/posts/posts_private.h"
#include "core/vision/photo.h"

#include <string.h>

enum err post_picture_take(struct arena *arena, const char *folder, const void *data, size_t length, struct post_upload *ret, struct fault *fault)
{
    const struct photo_wish large = {.width = POST_LARGE_SIDE, .height = POST_LARGE_SIDE, .keep = true}, small = {.width = POST_SMALL_SIDE, .height = POST_SMALL_SIDE};
    struct photo kept, shown;
    struct post_upload made = {0};
    enum err e = photo_make_apart(arena, data, length, &large, &kept, fault);
    if (e == OK) e = photo_make_apart(arena, kept.data, kept.length, &small, &shown, fault);
    if (e == OK) e = blob_put_data(folder, kept.data, kept.length, &made.large, fault);
    if (e == OK) e = blob_put_data(folder, shown.data, shown.length, &made.small, fault);
    if (e != OK) return e;
    made.width = kept.width;
    made.height = kept.height;
    *ret = made;
    return OK;
}

static enum err add_blob(const struct doing *d, const struct blob *blob)
{
    return sql_blob_insert(d->db, &(struct sql_blob_insert_in){blob->sha256, blob->size, blob->media_type, d->now_ms, blob->crc}, NULL);
}

enum err post_picture_add(const struct doing *d, int64_t post_id, const struct post_upload *upload)
{
    struct sql_post_pictures_row *rows;
    struct post post;
    size_t count = 0;
    enum err e = post_find(d->db, d->arena, d->event_id, post_id, d->now_ms, &post);
    if (e == OK) e = sql_post_pictures(d->db, d->arena, post_id, &rows, &count);
    if (e == OK && count >= POST_PICTURES_MOST) return fault_because(d->fault, ERR_LIMIT, "post_pictures", NULL, "there are %d pictures already", POST_PICTURES_MOST);
    if (e == OK) e = add_blob(d, &upload->large);
    if (e == OK) e = add_blob(d, &upload->small);
    int64_t place = e == OK && count ? rows[count - 1].place + 1 : 1;
    const struct sql_post_picture_insert_in in = {id_next(d->ids), post_id, place, upload->large.sha256, upload->small.sha256, upload->width, upload->height,
                                                  d->now_ms, d->actor};
    if (e == OK) e = sql_post_picture_insert(d->db, &in, NULL);
    if (e == OK) e = post_note(d, post_id, "post.picture");
    return e == OK || e == ERR_NOT_FOUND ? e : db_fault(d->db, e, d->fault, "store a picture");
}

static bool lacks(const json_t *title, const json_t *words, const char **ret_tag)
{
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)title, *ret_tag, value)
        if (!json_object_get(words, *ret_tag)) return true;
    return false;
}

enum err post_picture_check(const struct doing *d, const char *title, const char *caption, const char *alt)
{
    json_t *languages = NULL, *captions = NULL, *alts = NULL;
    const char *tag = NULL;
    enum err e = json_read(title, strlen(title), &languages, NULL);
    if (e == OK) e = json_read(caption, strlen(caption), &captions, NULL);
    if (e == OK) e = json_read(alt, strlen(alt), &alts, NULL);
    if (e == OK && (lacks(languages, captions, &tag) || lacks(languages, alts, &tag)))
        e = fault_because(d->fault, ERR_INPUT, "post_picture_words", tag, "a picture lacks its words in \"%.20s\"", tag);
    json_decref(languages);
    json_decref(captions);
    json_decref(alts);
    return e;
}

static enum err move(const struct doing *d, const struct sql_post_pictures_row *rows, size_t count, size_t at, bool up)
{
    if (up ? at == 0 : at + 1 == count) return OK;
    size_t other = up ? at - 1 : at + 1;
    enum err e = sql_post_picture_place(d->db, rows[at].id, rows[other].place, NULL);
    return e == OK ? sql_post_picture_place(d->db, rows[other].id, rows[at].place, NULL) : e;
}

static enum err write_words(const struct doing *d, int64_t id, json_t *caption, json_t *alt, const char **ret_caption, const char **ret_alt)
{
    *ret_caption = json_text(d->arena, caption);
    *ret_alt = json_text(d->arena, alt);
    return *ret_caption && *ret_alt ? sql_post_picture_words(d->db, id, *ret_caption, *ret_alt, NULL) : ERR_NOMEM;
}

static enum err step_of(const struct doing *d, const struct post *post, const struct sql_post_pictures_row *rows, size_t count, size_t at,
                        enum post_picture_step step, json_t *caption, json_t *alt)
{
    const char *captions, *alts;
    int64_t id = rows[at].id;
    enum err e = OK;
    if (step == POST_PICTURE_WORDS || step == POST_PICTURE_APPROVE) e = write_words(d, id, caption, alt, &captions, &alts);
    if (e == OK && step == POST_PICTURE_APPROVE) e = post_picture_check(d, post->title, captions, alts);
    if (e == OK && step == POST_PICTURE_APPROVE) e = sql_post_picture_approve(d->db, id, d->now_ms, d->actor, NULL);
    if (e == OK && step == POST_PICTURE_HIDE) e = sql_post_picture_approve(d->db, id, DB_NULL, NULL, NULL);
    if (e == OK && (step == POST_PICTURE_UP || step == POST_PICTURE_DOWN)) e = move(d, rows, count, at, step == POST_PICTURE_UP);
    if (e == OK && step == POST_PICTURE_REMOVE) e = sql_post_picture_delete(d->db, id, NULL);
    return e;
}

enum err post_picture_do(const struct doing *d, int64_t post_id, int64_t picture_id, enum post_picture_step step, json_t *caption, json_t *alt)
{
    static const char *const actions[] = {"post.picture_words", "post.picture_approved", "post.picture_hidden", "post.picture_moved", "post.picture_moved",
                                          "post.picture_removed"};
    struct sql_post_pictures_row *rows;
    struct post post;
    size_t count = 0, at = 0;
    enum err e = post_find(d->db, d->arena, d->event_id, post_id, d->now_ms, &post);
    if (e == OK) e = sql_post_pictures(d->db, d->arena, post_id, &rows, &count);
    if (e == OK)
        while (at < count && rows[at].id != picture_id) at++;
    if (e == OK && at == count) e = ERR_NOT_FOUND;
    if (e == OK) e = step_of(d, &post, rows, count, at, step, caption, alt);
    if (e == OK) e = post_note(d, post_id, actions[step]);
    if (e == ERR_NOT_FOUND) return fault_set(d->fault, e, "there is no such picture");
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "change a picture");
}
