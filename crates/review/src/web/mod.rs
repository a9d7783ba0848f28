//! HTTP: who is let in, what is asked, and how it is answered.

mod access;
mod answer;
mod asked;
mod guard;
mod headers;
mod pages;
mod password;
mod secret;

pub(crate) use access::Access;
pub(crate) use answer::{Answer, Refusal};
pub(crate) use asked::{Asked, Body, LARGEST_BODY};
pub(crate) use guard::guard;
pub(crate) use headers::{SELF_CONTAINED, guarded};
pub(crate) use pages::{front, login, login_style, try_login};
pub use password::{Password, PasswordError};
