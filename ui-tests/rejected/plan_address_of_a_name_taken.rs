mirage_rt::application! {
    name = "shop",
    networks(
        back(ip = "10.0.1.0/30"),
    ),
    unikernels(
        web(back = "10.0.1.1", tcp(http = 80)),
        api(back = "10.0.1.2", tcp(rpc = 7000)),
        db(back, tcp(sql = 5432)),
//~        ^^^^ MIR105
    ),
    links(
        outside -> web.http,
        web -> api.rpc,
        api -> db.sql,
    ),
}

fn main() {}
