//! A keyboard: the keys of somebody who has no other means.

use fantoccini::Client;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;

/// As many elements as anybody would tab through.
const PATIENCE: usize = 60;

/// Presses a key and lets go of it.
pub async fn press(page: &Client, key: Key) {
    page.perform_actions(pressed(KeyActions::new("keyboard".to_owned()), key.into())).await.unwrap();
}

/// Types a text into whatever has the focus.
pub async fn write(page: &Client, text: &str) {
    let keys = text.chars().fold(KeyActions::new("keyboard".to_owned()), pressed);
    page.perform_actions(keys).await.unwrap();
}

/// Goes on, with Tab, to the element of which this holds, there called `here`.
pub async fn go_to(page: &Client, holds: &str) {
    go(page, holds, false).await;
}

/// Goes back, with Shift and Tab.
pub async fn go_back_to(page: &Client, holds: &str) {
    go(page, holds, true).await;
}

async fn go(page: &Client, holds: &str, back: bool) {
    let script = format!("const here = document.activeElement; return Boolean({holds})");
    for _ in 0..PATIENCE {
        if page.execute(&script, Vec::new()).await.unwrap() == true {
            return;
        }
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = if back { keys.then(KeyAction::Down { value: Key::Shift.into() }) } else { keys };
        let keys = pressed(keys, Key::Tab.into());
        page.perform_actions(if back { keys.then(KeyAction::Up { value: Key::Shift.into() }) } else { keys }).await.unwrap();
    }
    panic!("Tab does not lead to where {holds}");
}

fn pressed(keys: KeyActions, key: char) -> KeyActions {
    keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key })
}
