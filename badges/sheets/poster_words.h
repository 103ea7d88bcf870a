/* Private to badges: the words of the poster. */
#ifndef PLENUM_BADGES_POSTER_WORDS_H
#define PLENUM_BADGES_POSTER_WORDS_H

struct poster_words {
    const char *language;
    const char *wifi, *network, *password, *open, *page, *type, *trouble, *iphone, *android, *data;
};

/* NULL for a language that there is none for; "pt-BR" is pt. */
const struct poster_words *poster_words_find(const char *language);

#endif
