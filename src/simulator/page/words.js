// Who speaks which words: the page and each chat in the language of a holder's Telegram, with times, days and sizes as that language
// writes them. The words themselves are in words-fr, words-ru and words-en.

import en from './words-en.js';
import fr from './words-fr.js';
import ru from './words-ru.js';

const WORDS = { fr, ru, en };
// English is written as in Europe: a day before its month, and 24 hours.
const LOCALES = { fr: 'fr', ru: 'ru', en: 'en-GB' };

/** The words of `code`, or English ones when it is none of ours. */
export function wordsOf(code) {
  const language = code in WORDS ? code : 'en';
  const locale = LOCALES[language];
  /** The word or sentence of this key, its `{name}` places filled from `values`. */
  const say = (key, values = {}) => WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  return {
    language,
    say,
    /** The name of a kind of message the page cannot show, such as `sticker`. */
    kind: (name) => WORDS[language][name] ?? say('other'),
    timeOf: (date) => new Date(date).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' }),
    dayOf: (date) => dayOf(new Date(date), locale, say),
    sizeOf: (bytes) => sizeOf(bytes, locale),
  };
}

/** Rewrites the words that stand in the document under `root`. */
export function speak(root, { language, say }) {
  root.lang = language;
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  for (const node of root.querySelectorAll('[data-placeholder]')) node.placeholder = say(node.dataset.placeholder);
  for (const node of root.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', say(node.dataset.label));
    if (node.tagName === 'BUTTON') node.title = say(node.dataset.label);
  }
}

/** "Today", "Yesterday", or the date, with its year unless that is this one. */
function dayOf(day, locale, say) {
  const today = new Date();
  const yesterday = new Date();
  yesterday.setDate(today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return say('today');
  if (day.toDateString() === yesterday.toDateString()) return say('yesterday');
  const year = day.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return day.toLocaleDateString(locale, { day: 'numeric', month: 'long', year });
}

function sizeOf(bytes, locale) {
  const [amount, unit] = bytes < 1000 ? [bytes, 'byte'] : bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte'];
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 }).format(amount);
}
