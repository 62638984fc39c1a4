/** What the keys of the standing layers can ask for. src/state implements it; the tables beside this file call it. */
export interface Commands {
  /** Moves the cursor or scrolls the viewer: rows, or a whole page, or to an end. */
  move(by: number | 'page-up' | 'page-down' | 'top' | 'bottom'): void;
  enter(): void;
  /** Closes what is open (filter, then the view). At the root it does nothing. */
  back(): void;
  /** Back, and at the root out of the program. */
  quit(): void;
  leave(): void;
  /** Stops the program as ctrl-z does in a shell; `fg` brings it back. */
  suspend(): void;
  /** Draws everything anew. */
  repaint(): void;
  history(by: -1 | 1): void;
  openCommandLine(): void;
  openFilter(): void;
  open(view: 'describe' | 'json' | 'help' | 'messages'): void;
  /** Opens the menu of contexts or regions. */
  goElsewhere(what: 'contexts' | 'regions'): void;
  /** Opens a screen that needs nothing to be known, by its id. */
  goTo(screen: string): void;
  copy(): void;
  refresh(): void;
  togglePause(): void;
  toggleWide(): void;
  toggleFaults(): void;
  toggleWrap(): void;
  chooseColumn(by: -1 | 1): void;
  sort(): void;
  mark(what: 'row' | 'range' | 'all' | 'invert' | 'none'): void;
  undo(): void;
  /** Sends anew what was refused of the latest batch. */
  retry(): void;
  /** Sends nothing more of a batch. */
  stopSending(): void;
  /** Shows or hides secrets in the viewer. */
  toggleSecrets(): void;
  search(by: -1 | 1): void;
  stage(by: number): void;
  /** Opens the exact-number field of the action that stages numbers on this screen. */
  stageExact(): void;
  stageDigit(digit: string): void;
  sendStaged(): void;
  dropStaged(): void;
  /** Shows whether what is staged has room, and where. */
  explainStage(): void;
  /** Takes the item of the menu that the cursor is on. */
  pick(): void;
  closeMenu(): void;
  /** Moves between the buttons of a dialog. */
  choose(by: -1 | 1): void;
  press(): void;
  /** Moves the slider of a dialog, types a digit of its number, or takes one back. */
  slide(by: number): void;
  slideTo(digit: string): void;
  slideBack(): void;
  say(answer: 'yes' | 'no'): void;
  /** Edits the text field that is open. */
  type(text: string): void;
  edit(what: Edit): void;
  submit(): void;
  cancel(): void;
  /** Why a command is off at this moment, or undefined when it works. */
  off(
    command: 'enter' | 'describe' | 'json' | 'undo' | 'retry' | 'sending' | 'stage' | 'secrets' | 'faults' | 'mark',
  ): string | undefined;
}

export type Edit =
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'backspace'
  | 'delete'
  | 'clear'
  | 'word'
  | 'previous'
  | 'next'
  | 'complete';
