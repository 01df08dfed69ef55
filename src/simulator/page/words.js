// The page's own words in French, Russian and English, and how each language writes times and days.
// French sets a no-break space (U+00A0) before its double punctuation.

const WORDS = {
  fr: {
    bot: 'bot',
    chat: 'Discussion',
    code: 'Code à usage unique',
    commands: 'Commandes du bot',
    copied: 'Code copié',
    copy: 'Copier le code',
    demo: 'démo',
    edited: 'modifié',
    failed: 'La demande n’a pas abouti : {error}',
    from: 'De',
    guide: 'Démarrez, puis connectez-vous avec {email} : le code arrive par e-mail.',
    guideNoAddress: 'Démarrez, puis connectez-vous : le code arrive par e-mail.',
    hideGuide: 'Masquer ce conseil',
    holders: 'Titulaires',
    language: 'Langue de Telegram',
    latest: 'Aller aux derniers messages',
    local: 'Démonstration : personnes fictives, rien ne quitte cette machine.',
    lost: 'Connexion perdue, nouvelle tentative…',
    mailbox: 'Boîte de réception',
    mails: 'E-mails',
    menu: 'Menu',
    message: 'Message',
    messages: 'Messages',
    noMails: 'Aucun e-mail pour l’instant. Les codes et les avis arriveront ici.',
    ok: 'OK',
    other: 'Autre contenu',
    panels: 'Volets',
    photo: 'Image',
    putAddress: 'Placer {email} dans le message',
    send: 'Envoyer',
    start: 'Démarrer',
    sticker: 'Autocollant',
    to: 'À',
    today: 'Aujourd’hui',
    unread: 'Non lus : {count}',
    useCode: 'Appuyez sur le code pour le placer dans le message.',
    voice: 'Message vocal',
    whatCan: 'Que peut faire ce bot ?',
    yesterday: 'Hier',
    you: 'Vous',
  },
  ru: {
    bot: 'бот',
    chat: 'Чат',
    code: 'Одноразовый код',
    commands: 'Команды бота',
    copied: 'Код скопирован',
    copy: 'Скопировать код',
    demo: 'демо',
    edited: 'изменено',
    failed: 'Не получилось: {error}',
    from: 'От',
    guide: 'Нажмите «Запустить», затем войдите с адресом {email} — код придёт на почту.',
    guideNoAddress: 'Нажмите «Запустить», затем войдите — код придёт на почту.',
    hideGuide: 'Скрыть подсказку',
    holders: 'Владельцы',
    language: 'Язык Telegram',
    latest: 'К последним сообщениям',
    local: 'Демонстрация: люди вымышлены, данные не покидают этот компьютер.',
    lost: 'Связь потеряна, подключаемся снова…',
    mailbox: 'Почтовый ящик',
    mails: 'Почта',
    menu: 'Меню',
    message: 'Сообщение',
    messages: 'Сообщения',
    noMails: 'Писем пока нет. Сюда придут коды и уведомления.',
    ok: 'ОК',
    other: 'Другое содержимое',
    panels: 'Разделы',
    photo: 'Изображение',
    putAddress: 'Вставить {email} в сообщение',
    send: 'Отправить',
    start: 'Запустить',
    sticker: 'Стикер',
    to: 'Кому',
    today: 'Сегодня',
    unread: 'Непрочитанных: {count}',
    useCode: 'Нажмите на код, чтобы вставить его в сообщение.',
    voice: 'Голосовое сообщение',
    whatCan: 'Что умеет этот бот?',
    yesterday: 'Вчера',
    you: 'Вы',
  },
  en: {
    bot: 'bot',
    chat: 'Chat',
    code: 'One-time code',
    commands: 'Bot commands',
    copied: 'Code copied',
    copy: 'Copy the code',
    demo: 'demo',
    edited: 'edited',
    failed: 'That did not work: {error}',
    from: 'From',
    guide: 'Press Start, then sign in with {email}; the code arrives in the mailbox.',
    guideNoAddress: 'Press Start, then sign in; the code arrives in the mailbox.',
    hideGuide: 'Hide this hint',
    holders: 'Holders',
    language: 'Telegram language',
    latest: 'Go to the latest messages',
    local: 'A demonstration: made-up people, and nothing leaves this machine.',
    lost: 'Connection lost, trying again…',
    mailbox: 'Mailbox',
    mails: 'Mail',
    menu: 'Menu',
    message: 'Message',
    messages: 'Messages',
    noMails: 'No mail yet. Codes and notices will arrive here.',
    ok: 'OK',
    other: 'Other content',
    panels: 'Panels',
    photo: 'Picture',
    putAddress: 'Put {email} into the message box',
    send: 'Send',
    start: 'Start',
    sticker: 'Sticker',
    to: 'To',
    today: 'Today',
    unread: 'Unread: {count}',
    useCode: 'Press the code to put it into the message box.',
    voice: 'Voice message',
    whatCan: 'What can this bot do?',
    yesterday: 'Yesterday',
    you: 'You',
  },
};

let language = 'en';

export const currentLanguage = () => language;

/** The word or sentence of this key in the current language, its `{name}` places filled from `values`. */
export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The name of a kind of message the page cannot show, such as `sticker`. */
export const kind = (name) => WORDS[language][name] ?? say('other');

/** Switches the page to `code` (English when it is none of ours) and rewrites the words that stand in index.html. */
export function speak(code) {
  language = code in WORDS ? code : 'en';
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', say(node.dataset.label));
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = say(node.dataset.placeholder);
}

export const timeOf = (date) => new Date(date).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' });

/** "Today", "Yesterday", or the date, with its year unless that is this one. */
export function dayOf(date) {
  const day = new Date(date);
  const today = new Date();
  const yesterday = new Date();
  yesterday.setDate(today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return say('today');
  if (day.toDateString() === yesterday.toDateString()) return say('yesterday');
  const year = day.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return day.toLocaleDateString(locale(), { day: 'numeric', month: 'long', year });
}

// English is written as in Europe: a day before its month, and 24 hours.
const locale = () => (language === 'en' ? 'en-GB' : language);
