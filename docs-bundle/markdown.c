/* Markdown by libcmark (CommonMark): the only includer of cmark.h. */
#include "core/base/text.h"
#include "docs-bundle/docs.h"
#include "docs-bundle/markdown_tables.h"

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
 * nothing left that a phone would load or run. No heading is of a level up to `below`. */
static bool clean(cmark_node *root, unsigned below)
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
        } else if (event == CMARK_EVENT_ENTER && type == CMARK_NODE_HEADING) {
            if (cmark_node_get_heading_level(node) <= (int)below) (void)cmark_node_set_heading_level(node, (int)below + 1);
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

/* --- a whole text: pieces of CommonMark, and tables between them ------------------------------------------------------------------------------- */

struct writing {
    struct buf out;
    bool as_html;
    unsigned below;
};

/* False: out of memory. */
static bool put_piece(struct writing *w, const char *text, size_t length)
{
    cmark_node *root = length ? cmark_parse_document(text, length, CMARK_OPT_DEFAULT) : NULL;
    char *made = NULL;
    if (!length) return true;
    if (root && clean(root, w->below)) made = w->as_html ? cmark_render_html(root, CMARK_OPT_DEFAULT) : render_text(root);
    buf_puts(&w->out, made);
    bool good = made != NULL;
    free(made);
    cmark_node_free(root);
    return good;
}

/* What is within the one paragraph that a cell's words make. A cell that Markdown would take for a list ("1.") or the like stays as it is written. */
static bool put_cell(struct writing *w, const struct markdown_cell *cell)
{
    struct writing one = {.as_html = w->as_html};
    char plain[256];
    size_t kept = 0;
    buf_init(&one.out, BUF_LIMIT_BODY);
    if (!put_piece(&one, cell->text, cell->length)) return false;
    const char *html = buf_text(&one.out), *end = strstr(html, "</p>\n");
    if (!w->as_html) buf_add(&w->out, html, strcspn(html, "\n"));
    else if (strncmp(html, "<p>", 3) == 0 && end && end[5] == '\0') buf_add(&w->out, html + 3, (size_t)(end - html) - 3);
    else {
        for (size_t i = 0; i < cell->length && kept < sizeof plain - 1; i++) plain[kept++] = cell->text[i];
        while (kept == sizeof plain - 1 && (plain[kept - 1] & 0x80)) kept--;
        plain[kept] = '\0';
        buf_put_html(&w->out, plain);
    }
    buf_release(&one.out);
    return true;
}

static const char *put_row(struct writing *w, const struct markdown_table *table, const char *line, bool head, bool *ret_good)
{
    static const char *const classes[] = {"", " class=\"center\"", " class=\"end\""};
    struct markdown_cell cells[MARKDOWN_CELLS_MOST];
    const char *next = markdown_table_row(table, line, cells);
    if (w->as_html) buf_puts(&w->out, "<tr>");
    for (size_t i = 0; i < table->cells && *ret_good; i++) {
        if (w->as_html) buf_printf(&w->out, head ? "<th scope=\"col\"%s>" : "<td%s>", classes[table->aligns[i]]);
        else if (i) buf_puts(&w->out, " | ");
        *ret_good = put_cell(w, &cells[i]);
        if (w->as_html) buf_puts(&w->out, head ? "</th>" : "</td>");
    }
    buf_puts(&w->out, w->as_html ? "</tr>\n" : "\n");
    return next;
}

static bool put_table(struct writing *w, const struct markdown_table *table)
{
    bool good = true;
    if (w->as_html) buf_puts(&w->out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n");
    (void)put_row(w, table, table->begin, true, &good);
    if (w->as_html) buf_puts(&w->out, "</thead>\n<tbody>\n");
    for (const char *line = table->rows; good && line < table->end;) line = put_row(w, table, line, false, &good);
    if (w->as_html) buf_puts(&w->out, "</tbody>\n</table></div>\n");
    return good;
}

static char *render(struct arena *arena, const char *text, size_t length, bool as_html, unsigned below)
{
    if (!text_is_utf8(text, length)) return NULL;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    struct writing w = {.as_html = as_html, .below = below};
    struct markdown_table table;
    const char *whole = arena_strndup(arena, text, length), *from = whole;
    if (!whole) return NULL;
    buf_init(&w.out, BUF_LIMIT_BODY);
    bool good = true;
    while (good && markdown_table_find(from, &table)) {
        good = put_piece(&w, from, (size_t)(table.begin - from)) && put_table(&w, &table);
        from = table.end;
    }
    if (good) good = put_piece(&w, from, strlen(from));
    char *copy = good && buf_ok(&w.out) ? arena_strdup(arena, buf_text(&w.out)) : NULL;
    buf_release(&w.out);
    return copy;
}

char *docs_markdown_html(struct arena *arena, const char *text, size_t length)
{
    return render(arena, text, length, true, 0);
}

char *docs_markdown_html_below(struct arena *arena, const char *text, size_t length, unsigned below)
{
    return render(arena, text, length, true, below);
}

char *docs_markdown_text(struct arena *arena, const char *text, size_t length)
{
    return render(arena, text, length, false, 0);
}
