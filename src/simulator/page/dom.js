// Small helpers over the document that every part of the page shares.

export const byId = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`) and children; attributes that are null, undefined or false are left out. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** One of the icons drawn at the top of index.html. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A link that opens beside the demo, without telling the other page where it came from. */
export const link = (href, ...children) => element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);

/**
 * Makes `parent` hold exactly `nodes` in this order, moving only what is out of place:
 * a node that stays keeps its focus, its scrolling and its animation.
 */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}

/** Shows a count in a badge, or hides the badge at zero. */
export function showCount(badge, count, label) {
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? '99+' : String(count);
  badge.setAttribute('role', 'img');
  badge.setAttribute('aria-label', label);
}
