//! What the operator's machines ask: `/healthz`, `/readyz` and `/metrics`, on an address of their own. Nothing there is a holder's.

mod ready;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::effects::Lanes;
use crate::replica::Replica;
use crate::store::{Db, StoreError, gauge};
use crate::watch::{Stored, Watch};

/// How long the database may take to answer everything that one request asks of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the answers are made from.
pub struct Admin {
    /// The database, to read from.
    pub db: Arc<Db>,
    /// What the parts tell of themselves.
    pub watch: Arc<Watch>,
    /// The effects that are under way.
    pub lanes: Lanes,
    /// What this process is among its replicas.
    pub replica: Replica,
    /// The time.
    pub clock: Clock,
    /// Cancelled when the counter stops.
    pub stop: CancellationToken,
}

/// Serves the answers until the task ends.
pub async fn serve(admin: Admin, listener: TcpListener) {
    let router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready::answer))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(admin));
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "health and metrics are no longer served; start the counter again");
    }
}

async fn metrics(State(admin): State<Arc<Admin>>) -> Response {
    match admin.watch.metrics.written(&admin.stored().await) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Admin {
    /// What stands in the database. One question that fails leaves the others be, and so does one for which the time is up.
    async fn stored(&self) -> Stored {
        let mut stored = Stored::default();
        let ask = async {
            let mut conn = self.db.conn().await?;
            stored.sessions = gauge::sessions(&mut conn).await.ok();
            stored.dead_letters = gauge::dead_letters(&mut conn).await.ok();
            stored.set_aside_dialogues = gauge::set_aside_dialogues(&mut conn).await.ok();
            stored.waiting = gauge::waiting(&mut conn).await.ok();
            let age = |oldest: Option<Timestamp>| oldest.map_or(0, |oldest| self.clock.now().duration_since(oldest).as_secs().max(0));
            stored.oldest = gauge::oldest(&mut conn).await.ok().map(age);
            Ok::<_, StoreError>(())
        };
        if !matches!(tokio::time::timeout(PATIENCE, ask).await, Ok(Ok(()))) {
            tracing::warn!("the database did not tell in time what /metrics asks of it; /readyz says more");
        }
        stored
    }
}
