//! The server from start to end.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::desk::Desk;
use crate::engine::Engine;
use crate::routes::{Shared, router};
use crate::store::{Store, StoreError};
use crate::web::{Access, Password, PasswordError};

/// How long requests that are under way have when the server ends.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// What to serve, and to whom.
#[derive(Debug)]
pub struct ReviewOptions {
    /// The result folder of a run.
    pub folder: PathBuf,
    /// Port to listen on; any free one where it is 0.
    pub port: u16,
    /// Address to listen on in place of 127.0.0.1; other machines need the password.
    pub bind: Option<IpAddr>,
    /// File with the password that browsers are asked for.
    pub password_file: Option<PathBuf>,
    /// Folders where images are looked for that are not where they were when the study was run.
    pub images: Vec<PathBuf>,
    /// Whether the program that drew the organs of a study may be started again: its name stands in
    /// the result folder, which somebody else may have written.
    pub run_anatomy_command: bool,
    /// Login name, offered as the reviewer's.
    pub user: Option<String>,
    /// Name of this machine, by which others know it.
    pub machine: Option<String>,
    /// Open the desk in the user's browser.
    pub open: bool,
}

/// Why the desk cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// There is no such folder.
    #[error("`{0}` is not a folder; give the folder that `isoboost run --out` has filled")]
    NoFolder(PathBuf),
    /// Others could read patients' data.
    #[error(
        "--bind {0} lets other machines in; give --password-file FILE with a password for them, or leave --bind away"
    )]
    Unguarded(IpAddr),
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Decisions could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The port is taken, or the address is not one of this machine.
    #[error("cannot listen on {address}: {source}; choose another --port or --bind")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The reason.
        source: io::Error,
    },
    /// No random numbers for the token.
    #[error("the system gives no random numbers for the token: {0}")]
    Random(getrandom::Error),
    /// The system refused a thread or a signal.
    #[error("cannot serve: {0}")]
    System(io::Error),
}

/// Serves the desk until Ctrl-C; `ready` is told the address to open.
///
/// # Errors
/// When the folder is not there or cannot be written to, the address is taken, or other machines
/// would be let in without a password.
pub fn serve(options: &ReviewOptions, ready: impl FnOnce(&str)) -> Result<(), ReviewError> {
    let engine = crate::engine::of_batch(options.images.clone(), options.run_anatomy_command);
    serve_with(options, engine, ready)
}

/// The same with another engine.
pub(crate) fn serve_with(
    options: &ReviewOptions,
    engine: Arc<dyn Engine>,
    ready: impl FnOnce(&str),
) -> Result<(), ReviewError> {
    if !options.folder.is_dir() {
        return Err(ReviewError::NoFolder(options.folder.clone()));
    }
    let address = options.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let password = options
        .password_file
        .as_deref()
        .map(Password::read)
        .transpose()?;
    if !address.is_loopback() && password.is_none() {
        return Err(ReviewError::Unguarded(address));
    }
    let store = Store::open(&options.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ReviewError::System)?;
    let served = runtime.block_on(async {
        let address = SocketAddr::new(address, options.port);
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| ReviewError::Listen { address, source })?;
        let address = listener.local_addr().map_err(ReviewError::System)?;
        let access = Access::new(address, password, options.machine.clone());
        let access = Arc::new(access.map_err(ReviewError::Random)?);
        let (end, ending) = watch::channel(false);
        let user = options.user.clone();
        let desk = Desk::new(&options.folder, user, store, engine, ending);
        let desk = Arc::new(desk.map_err(ReviewError::System)?);
        desk.settle_all();
        let url = access.url();
        ready(&url);
        if options.open {
            open_browser(&url);
        }
        answer_until_told(listener, Shared { desk, access }, end).await
    });
    // An analysis that is under way has nothing to lose.
    runtime.shutdown_background();
    served
}

async fn answer_until_told(
    listener: TcpListener,
    shared: Shared,
    end: watch::Sender<bool>,
) -> Result<(), ReviewError> {
    let mut ending = end.subscribe();
    let mut last = end.subscribe();
    let app = router(shared).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = ending.wait_for(|ends| *ends).await;
    });
    tokio::spawn(async move {
        told_to_end().await;
        let _ = end.send(true);
    });
    tokio::select! {
        served = serving => served.map_err(ReviewError::System),
        () = async {
            let _ = last.wait_for(|ends| *ends).await;
            tokio::time::sleep(LAST_ANSWERS).await;
        } => Ok(()),
    }
}

/// Waits for Ctrl-C, or for the system to end the program.
async fn told_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

/// A machine without a browser is no reason to stop: the address is printed.
fn open_browser(url: &str) {
    if let Err(error) = open::that_detached(url) {
        tracing::warn!(%error, "no browser could be opened; open the printed address");
    }
}
