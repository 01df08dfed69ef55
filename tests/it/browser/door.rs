//! A proxy that serves https before the counter's pages, as an operator's does, on a free port.

use std::net::SocketAddr;
use std::sync::Arc;

use data_encoding::BASE64;
use rcgen::PublicKeyData as _;
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// Where https is served.
pub struct Door {
    pub address: SocketAddr,
    /// The hash of its public key, by which a browser is told to trust it.
    pub key_hash: String,
    served: tokio::task::JoinHandle<()>,
}

impl Door {
    /// Opens with a new key for this host, before what is served at `inside`.
    pub async fn open(host: &str, inside: SocketAddr) -> Self {
        let made = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
        let key_hash = BASE64.encode(&Sha256::digest(made.signing_key.subject_public_key_info()));
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
        let config = config.unwrap().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key.into()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), inside));
        Self { address, key_hash, served }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, inside: SocketAddr) {
    while let Ok((outer, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A browser opens connections that it then leaves unused.
            let Ok(mut outer) = acceptor.accept(outer).await else { return };
            let Ok(mut inner) = TcpStream::connect(inside).await else { return };
            let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
        });
    }
}
