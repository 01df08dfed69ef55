//! The HTTP server: accepts, serves, and hangs up without an answer where a fault says so. Stops when its handle is dropped.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Simulator, api, browser, webhook};

/// A running server; dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

/// Marks a response that must never be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("hung up on order")]
pub(super) struct HangUp;

impl IntoResponse for HangUp {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// The largest upload: Telegram takes documents of up to 50 MB from a bot.
const LARGEST_BODY: usize = 50 << 20;

pub(super) async fn serve(simulator: Simulator, listen: SocketAddr) -> io::Result<Serving> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let router = api::router().merge(browser::router()).layer(DefaultBodyLimit::max(LARGEST_BODY)).with_state(simulator.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(accept(listener, router));
    tasks.spawn(webhook::deliver(simulator));
    Ok(Serving { address, _tasks: tasks })
}

async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // One that failed to arrive is the client's to try again.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(converse(stream, router.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, router: Router) {
    // Only a matter of speed.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request| {
        let answer = router.call(request);
        async move {
            let response = match answer.await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            if response.extensions().get::<HangUp>().is_some() { Err(HangUp) } else { Ok(response) }
        }
    });
    // A client that goes away, or a line cut on order, is no failure of the server.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
