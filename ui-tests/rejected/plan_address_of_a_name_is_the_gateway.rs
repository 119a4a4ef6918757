mirage_rt::application! {
    name = "shop",
    networks(
        back(ip = "10.0.1.0/31", gateway = "10.0.1.1"),
    ),
    unikernels(
        web(back = "10.0.1.0", tcp(http = 80)),
        db(back, tcp(sql = 5432)),
//~        ^^^^ MIR105
    ),
    links(
        outside -> web.http,
        web -> db.sql,
    ),
}

fn main() {}
