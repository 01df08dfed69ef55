//! What has to be in order before anything runs: the database and its key, the addresses, the bot's own account.

use std::net::SocketAddr;
use std::sync::Arc;

use teloxide::payloads::GetMe;
use teloxide::types::Me;
use tokio::net::TcpListener;
use url::Url;

use super::parts::{Parts, StartError};
use crate::bot::api::{Api, ApiError};
use crate::effects::{Due, Lanes};
use crate::secret::Key;
use crate::store::lock::Sole;
use crate::store::meta::{self, Meta};
use crate::store::{self, Conn, Db, StoreError, import};
use crate::unlock;
use crate::witness::Witness;

/// An address that is listened on.
pub(super) type Bound = (TcpListener, SocketAddr);

/// What was found in order.
pub(super) struct Ground {
    pub db: Arc<Db>,
    pub key: Key,
    pub api: Api,
    /// Told the time by what Telegram answers.
    pub witness: Witness,
    pub me: Me,
    /// Whether the last process was killed.
    pub careful: bool,
    /// The lanes, with what the last process left behind.
    pub lanes: Lanes,
    pub pages: Bound,
    pub admin: Option<Bound>,
    pub public_url: Url,
}

impl Ground {
    /// Opens the database with its key, then the addresses, then asks Telegram who we are.
    pub async fn prepare(parts: &Parts) -> Result<Self, StartError> {
        let db = Arc::new(Db::open(&parts.database).await?);
        let key = unlock::unlock(&db, &parts.key_file, &parts.random, parts.clock.now()).await?;
        let mut conn = db.conn().await?;
        let pages = listen(parts.listen).await.map_err(|error| StartError::Listen(parts.listen, error))?;
        let admin = match parts.admin_listen {
            Some(address) => Some(listen(address).await.map_err(|error| StartError::AdminListen(address, error))?),
            None => None,
        };
        let public_url = match &parts.public_url {
            Some(url) => url.clone(),
            None => Url::parse(&format!("http://{}/", pages.1)).map_err(|_| StartError::NoUrl(pages.1))?,
        };
        let witness = Witness::new(parts.clock.clone());
        let api = Api::new(parts.api_url.clone(), &parts.token)?.telling(witness.clone());
        let me = api.call(&GetMe::new()).await.map_err(|error| match error {
            ApiError::Refused { .. } => StartError::Token(error),
            _ => StartError::Unreachable(parts.api_url.clone(), error),
        })?;
        own(&mut conn, me.id.0.to_string()).await?;
        let careful = meta::get(&mut conn, Meta::LeftInOrder).await?.as_deref() == Some("no");
        meta::set(&mut conn, Meta::LeftInOrder, "no").await?;
        finish_import(&db, &mut conn).await?;
        let lanes = Lanes::new(&db);
        if db.is_file() {
            load(&mut conn, &lanes).await?;
        }
        drop(conn);
        Ok(Self { db, key, api, witness, me, careful, lanes, pages, admin, public_url })
    }
}

/// Takes an address.
async fn listen(address: SocketAddr) -> std::io::Result<Bound> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Makes a new database the bot's own, and refuses another bot's.
async fn own(conn: &mut Conn, ours: String) -> Result<(), StartError> {
    let theirs = meta::claim(conn, Meta::BotId, &ours).await?;
    if theirs == ours { Ok(()) } else { Err(StartError::OtherBot { theirs, ours }) }
}

/// Merges what an import has left that was cut short after it was decided; one that is still at work merges it itself.
async fn finish_import(db: &Db, conn: &mut Conn) -> Result<(), StoreError> {
    if import::is_decided(conn).await?
        && let Some(_lock) = db.lock(Sole::Importing).await?
        && import::finish(conn).await?
    {
        tracing::info!("an import that was cut short while it was merged is finished");
    }
    Ok(())
}

/// Takes up the effects that the last process left behind.
async fn load(conn: &mut Conn, lanes: &Lanes) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let effects = store::effect::alive(conn, after).await?;
        let Some(last) = effects.last() else { return Ok(()) };
        after = last.id;
        lanes.push(effects.into_iter().map(Due::from).collect());
    }
}

/// Notes that the process ended as it should.
pub(super) async fn left_in_order(db: &Db) -> Result<(), StoreError> {
    meta::set(&mut db.conn().await?, Meta::LeftInOrder, "yes").await
}
