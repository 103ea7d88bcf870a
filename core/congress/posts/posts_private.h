/* What the files of posts share. Private to core/congress/posts. */
#ifndef PLENUM_CONGRESS_POSTS_PRIVATE_H
#define PLENUM_CONGRESS_POSTS_PRIVATE_H

#include "core/congress/posts/posts.h"

#include "catalogue.h"

/* The audit log. */
enum err post_note(const struct doing *doing, int64_t post_id, const char *action);
/* ERR_INPUT: caption or alternative text is missing in a language of the title (all are stored maps). */
enum err post_picture_check(const struct doing *doing, const char *title, const char *caption, const char *alt);

#endif
