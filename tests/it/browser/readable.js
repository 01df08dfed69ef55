// What makes a page hard to read or to use, a line each; nothing where all is well.

const [language] = arguments;
const root = document.documentElement;
const all = (css) => [...document.querySelectorAll(css)];
const problems = [];
const need = (holds, problem) => holds || problems.push(problem);

const colour = (text) => text.match(/[\d.]+/g).map(Number);

function luminance([red, green, blue]) {
  const linear = (part) => (part <= 10.31475 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour behind an element: its own, or the nearest one around it that has any. */
function ground(node) {
  for (let at = node; at; at = at.parentElement) {
    const [red, green, blue, alpha = 1] = colour(getComputedStyle(at).backgroundColor);
    if (alpha > 0) return [red, green, blue];
  }
  return [255, 255, 255];
}

// 3.1.1, 2.4.2
need(root.lang === language, `lang is ${root.lang}`);
need(document.title.trim() && document.title === document.querySelector('h1').textContent, `title is ${document.title}`);
need(all('h1').length === 1 && all('main').length === 1, 'one heading and one main part');
// 1.4.10, 1.4.4: no scrolling sideways, nor with letters twice as large.
for (const size of ['', '200%']) {
  root.style.fontSize = size;
  need(root.scrollWidth <= innerWidth, `${root.scrollWidth} pixels wide at ${size || '100%'}`);
}
root.style.fontSize = '';
// 1.3.1, 3.3.2
for (const field of all('input:not([type=hidden])')) {
  need(field.labels.length === 1 && field.labels[0].textContent.trim(), `no label: ${field.id}`);
  need(contrast(colour(getComputedStyle(field).borderTopColor), ground(field.parentElement)) >= (field.readOnly ? 1 : 3), `faint edge: ${field.id}`);
}
const ids = all('[id]').map(({ id }) => id);
need(new Set(ids).size === ids.length, 'an id twice');
for (const node of all('[aria-describedby]')) {
  for (const id of node.getAttribute('aria-describedby').split(' ')) need(document.getElementById(id), `describes nothing: ${id}`);
}
// 2.4.3: Tab goes from top to bottom.
const stops = all('a[href], button, input:not([type=hidden])');
need(stops.every(({ tabIndex }) => tabIndex === 0), 'an order of its own');
const tops = stops.map((stop) => stop.getBoundingClientRect().top);
need(tops.every((top, index) => index === 0 || top >= tops[index - 1] - 1), `Tab jumps: ${tops}`);
// 2.4.7, 1.4.11: the focus can be seen.
const focused = document.activeElement;
if (focused !== document.body && focused.matches(':focus-visible')) {
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
  need(outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, 'no outline at the focus');
  need(contrast(colour(outlineColor), ground(focused.parentElement)) >= 3, 'a faint outline');
}
// 2.5.8
for (const stop of stops) {
  const { width, height } = stop.getBoundingClientRect();
  need(width >= 24 && height >= 24, `small: ${stop.textContent.trim() || stop.id} ${width} × ${height}`);
}
// 1.4.3
for (const node of all('body *')) {
  const words = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  if (!words || node.tagName === 'SCRIPT') continue;
  const ratio = contrast(colour(getComputedStyle(node).color), ground(node));
  need(ratio >= 4.5, `${ratio.toFixed(2)}: ${node.textContent.trim()}`);
}
return problems;
