# Что делали с аккаунтом, сначала новое; в конце строки — номер записи.

button-activity = История действий
activity-title = <b>Что делали с вашим аккаунтом</b>
activity-empty = <b>Пока ничего</b>
    Здесь с вашим аккаунтом ещё ничего не делали.
activity-line = • {$moment}: {$action}. <code>{$reference}</code>
activity-not-you = Что-то делали не вы? Напишите сюда: {$contact} — и укажите номер в конце строки.

activity-signed-in = вход из Telegram
activity-signed-out = выход
activity-session-ended = сеанс завершён
activity-code-voided = несколько раз введён неверный код, он больше не действует
activity-reset-asked = запрошена ссылка для нового пароля
activity-reset-refused = запрошена ссылка для нового пароля, в ней отказано
activity-password-changed = пароль изменён
activity-password-recorded = смена пароля принята к исполнению
activity-card-removed = карта отвязана
activity-card-recorded = отвязка карты принята к исполнению
activity-account-shown = аккаунт просмотрен сотрудниками этой службы
activity-account-locked = аккаунт заблокирован сотрудниками этой службы
activity-account-unlocked = аккаунт разблокирован сотрудниками этой службы
activity-sessions-ended = все сеансы завершены сотрудниками этой службы
activity-account-erased = аккаунт удалён сотрудниками этой службы
activity-other = другое: {$action}
