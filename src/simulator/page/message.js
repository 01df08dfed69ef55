// One message as an article: its picture, file, text, time and inline keyboard.

import { element, icon, link } from './dom.js';

/**
 * What stands inside a message's article. `words` are the chat's; `commands` are the bot's, which become pressable in its text;
 * `isPending(data)` tells whether a tap still waits for its answer; `onTap(data)` and `onCommand(text)` are called on a press.
 */
export function messageContent(message, { words, commands, isPending, onTap, onCommand }) {
  const bubble = element('div', { class: 'bubble' });
  if (message.photo) bubble.append(photo(message, words));
  if (message.document) bubble.append(file(message.document, words));
  if (message.other) bubble.append(element('p', { class: 'other' }, words.kind(message.other)));
  if (message.html) bubble.append(text(message.html, commands, onCommand));
  bubble.append(element('span', { class: 'meta' }, message.edited ? `${words.say('edited')} ` : null, words.timeOf(message.date)));
  return message.buttons?.length ? [bubble, keyboard(message.buttons, isPending, onTap)] : [bubble];
}

function photo({ photo: { url, width, height }, html }, { say }) {
  const caption = element('template');
  caption.innerHTML = html ?? '';
  const alt = caption.content.textContent.trim().split('\n')[0] || say('photo');
  const image = element('img', { src: url, alt, width, height });
  const opener = link(url, image);
  opener.className = 'photo';
  return opener;
}

function file({ url, file_name: name, size }, { say, sizeOf }) {
  const ending = /\.([a-z0-9]{1,4})$/i.exec(name)?.[1];
  const sign = element('span', { class: 'sign', 'aria-hidden': 'true' }, ending ? ending.toUpperCase() : icon('file'));
  const about = element('span', { class: 'about' }, element('b', {}, name), element('small', {}, sizeOf(size)));
  const label = `${say('download', { name })}, ${sizeOf(size)}`;
  return element('a', { class: 'file', href: url, download: name, title: label, 'aria-label': label }, sign, about);
}

function text(html, commands, onCommand) {
  const node = element('div', { class: 'text' });
  node.innerHTML = html;
  for (const anchor of node.querySelectorAll('a[href]')) {
    anchor.target = '_blank';
    anchor.rel = 'noopener noreferrer';
  }
  pressableCommands(node, new Set(commands.map(({ command }) => `/${command}`)), onCommand);
  return node;
}

function pressableCommands(root, known, onCommand) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('a, code, pre')) found.push(walker.currentNode);
  for (const node of found) {
    const parts = node.data.split(/((?<![\w/])\/[a-z0-9_]+)/);
    if (!parts.some((part) => known.has(part))) continue;
    node.replaceWith(...parts.map((part) => (known.has(part) ? commandButton(part, onCommand) : part)));
  }
}

const commandButton = (text, onCommand) => element('button', { type: 'button', class: 'command', onclick: () => onCommand(text) }, text);

function keyboard(rows, isPending, onTap) {
  const lines = rows.map((row) => element('div', { class: 'row' }, ...row.map((button) => key(button, isPending, onTap))));
  return element('div', { class: 'keyboard' }, ...lines);
}

function key({ text, data, url }, isPending, onTap) {
  if (url) return element('button', { type: 'button', class: 'outside', title: url, onclick: () => open(url, '_blank', 'noopener') }, text);
  return element('button', { type: 'button', 'data-tap': data, 'aria-busy': isPending(data) && 'true', onclick: () => onTap(data) }, text);
}
