/* Private to badges: the few words that a badge prints by itself, in the languages of the house. */
#ifndef PLENUM_BADGES_WORDS_H
#define PLENUM_BADGES_WORDS_H

struct badge_words {
    const char *language;
    const char *badges; /* the document's title */
    const char *number, *seat, *group;
    const char *name, *title, *delegation; /* beneath the lines to write on */
    const char *room, *transport, *programme, *papers, *wifi, *desk;
    const char *member_card, *member_cards, *joined; /* on cards; the document's title; before a year */
};

/* By the first part of the tag; Vietnamese when the language is NULL or not one of ours. Never NULL. */
const struct badge_words *badge_words_find(const char *language);

#endif
