//! Whether everybody can read and use a page of the counter's, by what the browser makes of it (WCAG 2.2, level AA).

use super::visit::Visit;

/// Finds nothing on the page that is hard to read or to use in the holder's language.
pub async fn readable(visit: &Visit) {
    let found = visit.page.execute(include_str!("readable.js"), vec![visit.language.code().into()]).await.unwrap();
    assert_eq!(found, serde_json::json!([]), "{}", visit.page.current_url().await.unwrap());
}
