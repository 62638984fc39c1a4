/**
 * Alternate screen; no wrapping at the right edge, so that the last cell of the screen can be written anywhere without
 * scrolling; no cursor.
 */
export const ENTER = '\x1b[?1049h\x1b[?7l\x1b[?25l';
/** Pastes between marks (Ink asks for it too): what is typed while the program is loaded can be told from them. */
export const MARK_PASTES = '\x1b[?2004h';
export const LEAVE = '\x1b[?2004l\x1b[m\x1b[r\x1b[?7h\x1b[?1049l\x1b[?25h';
/**
 * What a program that was killed on the screen may leave: reports of the mouse, other codes for the arrow keys, a scroll
 * region. The cursor stays where it is.
 */
export const TIDY = '\x1b[?1000;1002;1003;1006l\x1b[?1l\x1b>\x1b7\x1b[r\x1b8';
