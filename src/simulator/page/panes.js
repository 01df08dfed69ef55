// Which chats are open side by side, and which of them the visitor is at. A chat that was open once keeps its draft and its place.

import { arrange, byId } from './dom.js';

// Three chats need more room than two; where the style sheet shows only one, the others wait unseen.
const wide = matchMedia('(min-width: 1440px)');
const panes = new Map();
let open = [];
let active = null;
let make;

/** Sets the panes up; `made(id)` makes the pane of a holder, `trimmed()` is called when a narrower window closed one. */
export function openPanes({ made, trimmed }) {
  make = made;
  wide.addEventListener('change', () => {
    if (open.length <= room()) return;
    close(open.findLast((id) => id !== active));
    trimmed();
  });
}

const room = () => (wide.matches ? 3 : 2);

export const openIds = () => open;
export const activeId = () => active;
export const paneOf = (id) => panes.get(id);

/** Turns to the chat of this holder where it is open, or shows it in the place of the one the visitor is at. */
export function turnTo(id) {
  if (!open.includes(id)) open = open.length ? open.map((one) => (one === active ? id : one)) : [id];
  active = id;
  place();
}

/** Opens the chat of this holder beside the others; where there is no room, in the place of the last that the visitor is not at. */
export function openBeside(id) {
  if (open.includes(id)) return turnTo(id);
  if (open.length >= room()) open = open.filter((one) => one !== open.findLast((other) => other !== active));
  open = [...open, id];
  active = id;
  place();
}

/** Closes a chat that stands beside another. */
export function close(id) {
  open = open.filter((one) => one !== id);
  if (active === id) active = open.at(-1);
  place();
}

function place() {
  for (const id of open) if (!panes.has(id)) panes.set(id, make(id));
  const before = new Set(byId('chats').children);
  const shown = open.map((id) => panes.get(id));
  arrange(byId('chats'), shown.map(({ root }) => root));
  for (const { root, log, person } of shown) {
    root.classList.toggle('active', person.id === active);
    // A chat that was put away has lost its place.
    if (!before.has(root)) log.scrollToEnd();
  }
  document.body.dataset.chats = open.length;
}
