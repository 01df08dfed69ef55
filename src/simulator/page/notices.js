// What passes by: toasts, and the dialog of a callback notice that asks to be confirmed.

import { byId, element } from './dom.js';

const TOAST_MILLISECONDS = 4200;

export function toast(text) {
  const note = element('p', { class: 'toast' }, text);
  byId('toasts').replaceChildren(note);
  setTimeout(() => note.remove(), TOAST_MILLISECONDS);
}

export function alertBox(text) {
  byId('alert-text').textContent = text;
  if (!byId('alert').open) byId('alert').showModal();
}
