/* Markdown by libcmark (CommonMark): the only includer of cmark.h. */
#include "core/base/text.h"
#include "docs-bundle/docs.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_fine_link(const char *url)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    for (size_t i = 0; url && i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) return true;
    return false;
}

/* What stands within goes to where the node stands. */
static void unwrap(cmark_node *node)
{
    for (cmark_node *child; (child = cmark_node_first_child(node)) != NULL;) (void)cmark_node_insert_before(node, child);
    cmark_node_unlink(node);
    cmark_node_free(node);
}

/* Takes raw HTML away, makes pictures their words, and links that lead elsewhere than to a web page, a mailbox or a phone plain text. Afterwards there is
 * nothing left that a phone would load or run. */
static bool clean(cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    if (!iter) return false;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
            cmark_node_unlink(node);
            cmark_node_free(node);
        } else if (event == CMARK_EVENT_EXIT && (type == CMARK_NODE_IMAGE || (type == CMARK_NODE_LINK && !is_fine_link(cmark_node_get_url(node))))) {
            unwrap(node);
        }
    }
    cmark_iter_free(iter);
    return true;
}

/* Words only: lines as they were written, since a secrecy stamp may be one of them; items of lists with a dot. */
static char *render_text(cmark_node *root)
{
    struct buf out;
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    buf_init(&out, 2 * (size_t)DOCS_TEXT_MOST);
    while (iter && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (event == CMARK_EVENT_EXIT) {
            if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING) buf_putc(&out, '\n');
        } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK) {
            buf_puts(&out, cmark_node_get_literal(node));
        } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
            buf_putc(&out, '\n');
        } else if (type == CMARK_NODE_ITEM) {
            buf_puts(&out, "• ");
        }
    }
    if (!iter) out.failed = true;
    cmark_iter_free(iter);
    char *made = buf_ok(&out) ? strdup(buf_text(&out)) : NULL;
    buf_release(&out);
    return made;
}

static char *render(struct arena *arena, const char *text, size_t length, bool as_html)
{
    if (!text_is_utf8(text, length)) return NULL;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    cmark_node *root = cmark_parse_document(text, length, CMARK_OPT_DEFAULT);
    char *made = NULL;
    if (root && clean(root)) made = as_html ? cmark_render_html(root, CMARK_OPT_DEFAULT) : render_text(root);
    char *copy = made ? arena_strdup(arena, made) : NULL;
    free(made);
    cmark_node_free(root);
    return copy;
}

char *docs_markdown_html(struct arena *arena, const char *text, size_t length)
{
    return render(arena, text, length, true);
}

char *docs_markdown_text(struct arena *arena, const char *text, size_t length)
{
    return render(arena, text, length, false);
}
