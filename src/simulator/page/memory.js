// What the browser remembers of this page from one visit to the next; a browser that remembers nothing does no harm.

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows and full disks refuse; the wish then holds until the page is left.
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
