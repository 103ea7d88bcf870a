/* Secrecy stamps, as Vietnamese rules have them (Thông tư 24/2020/TT-BCA): the words MẬT, TỐI MẬT, TUYỆT MẬT, alone in their frame, in capitals.
 *
 * "mật" is also part of ordinary words (bí mật, bảo mật, mật độ, mật khẩu), so a stamp on a page is a piece of a line that holds nothing else, in capitals;
 * pieces end where three blanks, a tab or a bracket stand. A whole line of nothing but the words is one however they are set ("Tối  Mật"). In a name, it is a
 * part between punctuation, or capitals amid small letters. A stamp too many costs the organiser one decision; one too few may cost more, so doubtful cases
 * are stamps. */
#include "core/base/text.h"
#include "docs-bundle/docs.h"

#include <ctype.h>
#include <string.h>

#define PIECE_MOST 256
#define STAMP_MOST 16 /* bytes of the longest spelling, with some room */

/* Also in the two old encodings of fonts (TCVN3, VNI) whose letters come out of a PDF like this. */
static const struct {
    const char *letters, *stamp;
} spellings[] = {
    {"TUYỆTMẬT", "TUYỆT MẬT"}, {"tuyÖtmËt", "TUYỆT MẬT"}, {"TUYÖTMËT", "TUYỆT MẬT"}, {"TUYEÄTMAÄT", "TUYỆT MẬT"},
    {"TỐIMẬT", "TỐI MẬT"},     {"tèimËt", "TỐI MẬT"},     {"TÈIMËT", "TỐI MẬT"},     {"TOÁIMAÄT", "TỐI MẬT"},
    {"MẬT", "MẬT"},            {"mËt", "MẬT"},            {"MËT", "MẬT"},            {"MAÄT", "MẬT"},
};

static bool is_mark(int32_t c)
{
    return c < 0x30 || (c > 0x39 && c < 0x41) || (c > 0x5a && c < 0x61) || (c > 0x7a && c < 0xaa) || (c >= 0x2000 && c <= 0x206f) || (c >= 0x2500 && c <= 0x25ff) ||
           c == 0xab || c == 0xbb || c == 0xb7;
}

/* Letters and digits of a piece, without marks and blanks: stamps are often written with wide spaces. */
static void squeeze(const char *piece, size_t length, char *out, size_t size)
{
    size_t n = 0;
    for (const char *p = piece; p < piece + length;) {
        const char *from = p;
        int32_t c = text_next(&p);
        if (c < 0 || is_mark(c) || n + (size_t)(p - from) >= size) continue;
        memcpy(out + n, from, (size_t)(p - from));
        n += (size_t)(p - from);
    }
    out[n] = '\0';
}

static const char *find_spelling(const char *letters)
{
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (strcmp(letters, spellings[i].letters) == 0) return spellings[i].stamp;
    return NULL;
}

/* Without accents, for text that was read from a picture and for names from other systems; `letters` is folded to small ones first when `any_case`. */
static const char *find_bare(struct arena *arena, const char *letters, bool any_case)
{
    const char *folded = text_fold(arena, letters);
    if (!folded) return NULL;
    if (!any_case)
        for (const char *p = letters; *p; p++)
            if (islower((unsigned char)*p)) return NULL;
    if (strcmp(folded, "tuyetmat") == 0) return "TUYỆT MẬT";
    if (strcmp(folded, "toimat") == 0) return "TỐI MẬT";
    return strcmp(folded, "mat") == 0 ? "MẬT" : NULL;
}

/* "Độ mật: Tối mật". */
static const char *find_stated(struct arena *arena, const char *piece, size_t length)
{
    const char *colon = memchr(piece, ':', length);
    char before[PIECE_MOST], after[PIECE_MOST];
    if (!colon) return NULL;
    squeeze(piece, (size_t)(colon - piece), before, sizeof before);
    squeeze(colon + 1, length - (size_t)(colon + 1 - piece), after, sizeof after);
    const char *says = text_fold(arena, before);
    size_t n = says ? strlen(says) : 0;
    if (n < 5 || n > 8 || strcmp(says + n - 5, "domat") != 0) return NULL;
    return find_bare(arena, after, true);
}

static const char *judge_piece(struct arena *arena, const char *piece, size_t length, bool from_picture)
{
    char letters[PIECE_MOST];
    if (length >= PIECE_MOST) return NULL;
    const char *stated = find_stated(arena, piece, length);
    if (stated) return stated;
    squeeze(piece, length, letters, sizeof letters);
    const char *found = find_spelling(letters);
    return found || !from_picture ? found : find_bare(arena, letters, false);
}

/* A whole line that says nothing else counts in any case and with any blanks, but "mật" in small letters is a word, and a full stop or comma ends a sentence that was
 * broken into lines. */
static const char *judge_line(struct arena *arena, const char *line, size_t length)
{
    char letters[PIECE_MOST];
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\t')) length--;
    if (!length || strchr(".,;", line[length - 1])) return NULL;
    squeeze(line, length, letters, sizeof letters);
    size_t n = strlen(letters);
    if (n < 3 || n > STAMP_MOST || !strchr("TtMm", letters[0]) || !strchr("Tt", letters[n - 1])) return NULL;
    const char *said = text_fold_marks(arena, letters);
    for (size_t i = 0; said && i < sizeof spellings / sizeof spellings[0]; i++) {
        const char *spelt = text_fold_marks(arena, spellings[i].letters);
        if (spelt && strcmp(said, spelt) == 0) return letters[0] == 'm' ? NULL : spellings[i].stamp;
    }
    return NULL;
}

static bool ends_piece(const char *p)
{
    return *p == '\0' || *p == '\n' || *p == '\f' || *p == '\t' || (p[0] == ' ' && p[1] == ' ' && p[2] == ' ') || strchr("()[]{}|", *p);
}

/* A heading in capitals may break within "BÍ MẬT": the line before then ends with the word's first half. */
static bool is_half_a_word(struct arena *arena, const char *text, const char *line)
{
    const char *end = line;
    if (end == text || end[-1] != '\n') return false;
    end--;
    while (end > text && end[-1] == ' ') end--;
    const char *from = end;
    while (from > text && from[-1] != ' ' && from[-1] != '\n') from--;
    char *word = arena_strndup(arena, from, (size_t)(end - from));
    const char *folded = word ? text_fold(arena, word) : NULL;
    return folded && (strcmp(folded, "bi") == 0 || strcmp(folded, "bao") == 0);
}

static const char *find_lines(struct arena *arena, const char *text)
{
    const char *found = NULL;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n\f");
        const char *stamp = judge_line(arena, p, n);
        if (stamp && strcmp(stamp, "MẬT") == 0 && is_half_a_word(arena, text, p)) stamp = NULL;
        found = docs_secrecy_stricter(found, stamp);
        p += n + (p[n] != '\0');
    }
    return found;
}

const char *docs_secrecy_in_text(struct arena *arena, const char *text, bool from_picture)
{
    const char *composed = text_nfc(arena, text), *found = composed ? find_lines(arena, composed) : NULL;
    for (const char *p = composed; p && *p;) {
        const char *from = p;
        while (!ends_piece(p)) p++;
        const char *stamp = judge_piece(arena, from, (size_t)(p - from), from_picture);
        if (stamp && strcmp(stamp, "MẬT") == 0 && is_half_a_word(arena, composed, from)) stamp = NULL;
        if (stamp && (!found || strlen(stamp) > strlen(found))) found = stamp;
        if (*p) p++;
    }
    return found;
}

/* --- names ---------------------------------------------------------------------------------------------------------------------------- */

static bool has_small_letters(const char *from, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (islower((unsigned char)from[i])) return true;
    return false;
}

/* "Phương án TỐI MẬT": capitals amid small letters; but not "BÍ MẬT" or "MẬT ĐỘ", which are words. */
static const char *find_amid(struct arena *arena, const char *piece, size_t length)
{
    static const char *const ordinary_before[] = {"bi", "bao", "co", "hoi", "than"}, *const ordinary_after[] = {"do", "khau", "ma", "thu", "ong", "vu", "thiet",
        "nghi"};
    char *copy = arena_strndup(arena, piece, length);
    const char *before = "", *stamp = NULL;
    if (!copy || !has_small_letters(piece, length)) return NULL;
    for (char *p = copy; *p;) {
        size_t n = strcspn(p, " ");
        char *word = arena_strndup(arena, p, n), *folded = word ? text_fold(arena, word) : NULL;
        p += n;
        p += strspn(p, " ");
        if (!folded) return NULL;
        bool is_mat = strcmp(word, "MẬT") == 0 || strcmp(word, "MAT") == 0;
        size_t next_length = strcspn(p, " ");
        char *next = arena_strndup(arena, p, next_length), *next_folded = next ? text_fold(arena, next) : NULL;
        bool ordinary = false;
        for (size_t i = 0; i < sizeof ordinary_before / sizeof ordinary_before[0]; i++) ordinary = ordinary || strcmp(before, ordinary_before[i]) == 0;
        for (size_t i = 0; next_folded && i < sizeof ordinary_after / sizeof ordinary_after[0]; i++)
            ordinary = ordinary || (strcmp(next_folded, ordinary_after[i]) == 0 && !has_small_letters(next, next_length));
        if (is_mat && !ordinary) stamp = strcmp(before, "toi") == 0 ? "TỐI MẬT" : strcmp(before, "tuyet") == 0 ? "TUYỆT MẬT" : "MẬT";
        before = folded;
    }
    return stamp;
}

static const char *judge_name_piece(struct arena *arena, const char *piece, size_t length)
{
    char letters[PIECE_MOST];
    while (length && (*piece == ' ' || isdigit((unsigned char)*piece))) piece++, length--; /* "01 MẬT" */
    if (!length || length >= PIECE_MOST) return NULL;
    squeeze(piece, length, letters, sizeof letters);
    const char *found = find_spelling(letters);
    if (!found) {
        bool accented = strstr(letters, "ậ") || strstr(letters, "Ậ");
        found = find_bare(arena, letters, accented); /* "Tối mật" in any case; "MAT" only in capitals */
    }
    return found ? found : find_amid(arena, piece, length);
}

const char *docs_secrecy_in_name(struct arena *arena, const char *name)
{
    const char *found = NULL, *composed = text_nfc(arena, name);
    for (const char *p = composed; p && *p;) {
        size_t n = strcspn(p, "/.,;_-()[]{}+&!");
        const char *stamp = judge_name_piece(arena, p, n);
        if (stamp && (!found || strlen(stamp) > strlen(found))) found = stamp;
        p += n + (p[n] != '\0');
    }
    return found;
}

const char *docs_secrecy_stricter(const char *a, const char *b)
{
    if (!a || !b) return a ? a : b;
    return strlen(b) > strlen(a) ? b : a; /* as they are spelt, the stricter one is longer */
}

const char *docs_secrecy_of(struct arena *arena, const char *name, const char *first_page, bool from_picture)
{
    const char *in_name = name ? docs_secrecy_in_name(arena, name) : NULL;
    return docs_secrecy_stricter(in_name, first_page ? docs_secrecy_in_text(arena, first_page, from_picture) : NULL);
}
