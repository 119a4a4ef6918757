//! The database: what is in stock. It answers `api` only.

use crate::line;
use alloc::{collections::BTreeMap, format, rc::Rc, string::String};
use core::cell::RefCell;
use mirage_rt::{
    net::{Error, TcpListener, TcpStream},
    unikernel,
};

/// The pieces of each article.
type Stock = Rc<RefCell<BTreeMap<String, u32>>>;

/// Answers `get ARTICLE` with its number of pieces, and `take ARTICLE` after it has taken one.
///
/// # Errors
/// Returns an error if connections can no longer be accepted.
#[unikernel(crate::plan::db)]
pub async fn main(sql: TcpListener) -> Result<(), Error> {
    let first = [("apple", 3), ("pear", 1)].map(|(name, pieces)| (name.into(), pieces));
    let stock: Stock = Rc::new(RefCell::new(first.into()));
    loop {
        let (stream, _) = sql.accept().await?;
        let stock = stock.clone();
        mirage_rt::spawn(async move {
            // The client may have gone.
            let _ = serve(stream, &stock).await;
        });
    }
}

async fn serve(mut stream: TcpStream, stock: &Stock) -> Result<(), Error> {
    while let Some(question) = line::read(&mut stream).await? {
        let answer = answer(&question, &mut stock.borrow_mut());
        line::write(&mut stream, &answer).await?;
    }
    Ok(())
}

fn answer(question: &str, stock: &mut BTreeMap<String, u32>) -> String {
    let (verb, article) = question.split_once(' ').unwrap_or((question, ""));
    let Some(pieces) = stock.get_mut(article) else {
        return "unknown".into();
    };
    if verb == "take" {
        match pieces.checked_sub(1) {
            Some(rest) => *pieces = rest,
            None => return "none".into(),
        }
    }
    format!("{pieces}")
}
