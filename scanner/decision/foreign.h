/* What a code is that is not one of our badges, said kindly. It is never opened, fetched, counted, stored or sent. */
#ifndef PLENUM_SCANNER_FOREIGN_H
#define PLENUM_SCANNER_FOREIGN_H

#include <stddef.h>

enum foreign_kind { FOREIGN_EMPTY, FOREIGN_WIFI, FOREIGN_CONTACT, FOREIGN_WEB, FOREIGN_MAIL_OR_PHONE, FOREIGN_NUMBER, FOREIGN_OTHER,
                    FOREIGN_BADGE, FOREIGN_KINDS };

/* For texts that id_token_from_scan did not take, of QR codes and lines; what a bar code holds is FOREIGN_NUMBER, whatever it is. */
enum foreign_kind foreign_kind_of(const char *text, size_t length);

#endif
