-- Browsers whose time is over are deleted when another one comes in: without reading all of them.

CREATE INDEX pin_browser_by_end ON pin_browser(expires_ms);
