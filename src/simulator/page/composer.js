// The message box with its command list, and the Start button that stands there while the chat is empty.

import { element } from './dom.js';

const TALLEST_PIXELS = 160;

const hasPointer = matchMedia('(pointer: fine)');
let composers = 0;

/** Sets the composer of a chat up; `sent(text)` is called with each message and tells whether it arrived: if not, the text comes back. */
export function openComposer(root, { sent }) {
  const form = root.querySelector('form');
  const input = form.querySelector('textarea');
  const list = root.querySelector('.commands');
  const opener = form.querySelector('.menu');
  const start = root.querySelector('.start');
  let commands = [];

  list.id = `commands-${++composers}`;
  input.setAttribute('aria-controls', list.id);
  opener.setAttribute('aria-controls', list.id);
  form.addEventListener('submit', submit);
  input.addEventListener('keydown', pressed);
  input.addEventListener('input', typed);
  start.addEventListener('click', () => sendText('/start'));
  opener.addEventListener('click', () => (list.hidden ? showCommands(commands) : hideCommands()));
  form.addEventListener('focusout', (event) => event.relatedTarget?.closest('.composer') ?? hideCommands());

  /** Shows the bot's commands, or Start when nothing was said yet. */
  function show(chat) {
    ({ commands } = chat);
    const isEmpty = chat.messages.length === 0;
    const wasStarting = document.activeElement === start && !isEmpty;
    start.hidden = !isEmpty;
    form.hidden = isEmpty;
    if (wasStarting) focus();
  }

  /** Puts a text into the message box, ready to be sent. */
  function put(text) {
    write(text);
    if (form.hidden) start.focus();
    else input.focus();
  }

  /** Focuses the message box where that does not raise a keyboard over the chat. */
  function focus() {
    if (form.hidden) start.focus();
    else if (hasPointer.matches) input.focus();
    else root.querySelector('.log').focus();
  }

  function submit(event) {
    event.preventDefault();
    const text = input.value.trim();
    if (text) sendText(text);
  }

  async function sendText(text) {
    hideCommands();
    if (text !== '/start' || input.value.trim() === text) write('');
    const delivered = await sent(text);
    if (!delivered && !input.value) write(text);
  }

  function write(text) {
    input.value = text;
    fit();
  }

  function fit() {
    input.style.height = 'auto';
    const borders = input.offsetHeight - input.clientHeight;
    input.style.height = input.value ? `${Math.min(input.scrollHeight + borders, TALLEST_PIXELS)}px` : '';
  }

  function typed() {
    fit();
    const isCommand = /^\/\w*$/.test(input.value);
    const matching = isCommand ? commands.filter(({ command }) => `/${command}`.startsWith(input.value.toLowerCase())) : [];
    if (matching.length) showCommands(matching);
    else hideCommands();
  }

  function pressed(event) {
    if (event.isComposing) return;
    const isOpen = !list.hidden;
    if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      choose(event.key === 'ArrowDown' ? 1 : -1);
    } else if (isOpen && event.key === 'Escape') {
      hideCommands();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      const chosen = isOpen && list.querySelector('[aria-selected=true]');
      if (chosen) chosen.click();
      else form.requestSubmit();
    }
  }

  function showCommands(matching) {
    list.replaceChildren(...matching.map(option));
    list.hidden = false;
    list.scrollTop = 0;
    opener.setAttribute('aria-expanded', 'true');
    input.removeAttribute('aria-activedescendant');
    // The arrows that walk the list are heard by the message box.
    if (hasPointer.matches) input.focus();
  }

  function option({ command, description }) {
    const attributes = {
      id: `${list.id}-${command}`,
      role: 'option',
      'aria-selected': 'false',
      // Pressing must not take the focus first: losing it closes the list before the click.
      onmousedown: (event) => event.preventDefault(),
      onclick: () => sendText(`/${command}`),
    };
    return element('li', attributes, element('b', {}, `/${command}`), element('span', {}, description));
  }

  function hideCommands() {
    list.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function choose(step) {
    const options = [...list.children];
    const now = options.findIndex((node) => node.getAttribute('aria-selected') === 'true');
    const from = now < 0 && step < 0 ? 0 : now;
    const next = (from + step + options.length) % options.length;
    options.forEach((node, index) => node.setAttribute('aria-selected', String(index === next)));
    options[next].scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', options[next].id);
  }

  return { show, put, focus };
}
