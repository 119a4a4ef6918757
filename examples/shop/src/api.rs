//! The rules of the shop. It answers `web`, and asks `db`.

use crate::line;
use alloc::{
    format,
    string::{String, ToString},
};
use mirage_rt::{
    net::{Error, Remote, TcpListener, TcpStream},
    unikernel,
};

/// Answers `show ARTICLE` and `buy ARTICLE` with a sentence.
///
/// # Errors
/// Returns an error if connections can no longer be accepted.
#[unikernel(crate::plan::api)]
pub async fn main(rpc: TcpListener, db: Remote) -> Result<(), Error> {
    loop {
        let (stream, _) = rpc.accept().await?;
        let db = db.clone();
        mirage_rt::spawn(async move {
            // The client may have gone.
            let _ = serve(stream, &db).await;
        });
    }
}

async fn serve(mut stream: TcpStream, db: &Remote) -> Result<(), Error> {
    while let Some(question) = line::read(&mut stream).await? {
        let answer = answer(&question, db).await;
        line::write(&mut stream, &answer).await?;
    }
    Ok(())
}

async fn answer(question: &str, db: &Remote) -> String {
    let (verb, article) = question.split_once(' ').unwrap_or((question, ""));
    let asked = match verb {
        "show" => line::ask(db, &format!("get {article}")).await,
        "buy" => line::ask(db, &format!("take {article}")).await,
        _ => return "what?".into(),
    };
    match asked.as_ref().map(Option::as_deref) {
        Ok(Some("unknown")) => format!("there is no {article}"),
        Ok(Some("none")) => format!("no {article} is left"),
        Ok(Some(pieces)) if verb == "buy" => format!("sold, {pieces} left"),
        Ok(Some(pieces)) => format!("{pieces} in stock"),
        Ok(None) => "the database said nothing".to_string(),
        Err(error) => format!("the database does not answer: {error}"),
    }
}
