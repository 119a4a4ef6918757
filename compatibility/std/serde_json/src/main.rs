//! A structure to JSON and back, through a file.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Point {
    x: f64,
    names: Vec<String>,
}

#[mirage_rt::unikernel]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let point = Point {
        x: 1.5,
        names: vec!["a".into(), "b".into()],
    };
    serde_json::to_writer(std::fs::File::create("/tmp/point.json")?, &point)?;
    let read: Point = serde_json::from_reader(std::fs::File::open("/tmp/point.json")?)?;
    assert_eq!(read, point);
    Ok(())
}
