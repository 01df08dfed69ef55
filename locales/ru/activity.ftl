# Что делали с аккаунтом, сначала новое; в конце строки — номер записи.

button-activity = История действий
activity-title = <b>Что делали с вашим аккаунтом</b>
activity-empty = <b>Пока ничего</b>
    Здесь с вашим аккаунтом ещё ничего не делали.
activity-line = • {$moment}: {$action}. <code>{$reference}</code>
activity-not-you = Что-то из этого делали не вы? Напишите сюда, указав номер из конца строки: {$contact}

activity-signed-in = вход из Telegram
activity-signed-out = выход
activity-session-ended = сеанс завершён
activity-session-ended-elsewhere = сеанс завершён из другого чата
activity-code-voided = код перестал действовать после неверных попыток
activity-reset-asked = запрошена ссылка для нового пароля
activity-reset-refused = запрос ссылки для нового пароля отклонён
activity-password-changed = пароль изменён
activity-password-recorded = новый пароль записан
activity-card-removed = карта отвязана
activity-card-recorded = просьба отвязать карту записана
activity-account-shown = аккаунт просмотрели те, кто отвечает за бота
activity-account-locked = аккаунт заблокировали те, кто отвечает за бота
activity-account-unlocked = аккаунт разблокировали те, кто отвечает за бота
activity-sessions-ended = все сеансы завершили те, кто отвечает за бота
activity-account-erased = аккаунт удалили те, кто отвечает за бота
activity-other = другое: {$action}
