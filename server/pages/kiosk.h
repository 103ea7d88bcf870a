/* The two public pages on which badge number and PIN may be typed. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_KIOSK_H
#define PLENUM_SERVER_PAGES_KIOSK_H

#include "server/pages/pin.h"

#define KIOSK_SECONDS 60 /* without a touch, then a shared screen shows nobody's page any more */

void event_show(struct http_request *req, int status, const struct pin_note *note);
void kiosk_show(struct http_request *req, int status, const struct pin_note *note);

#endif
