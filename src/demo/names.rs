//! French names of the areas, and the names that areas had before.

/// Names in French by code.
pub const FRENCH: &[(&str, &str)] = &[
    ("AL", "Albanie"),
    ("BA", "Bosnie-Herzégovine"),
    ("HR", "Croatie"),
    ("ME", "Monténégro"),
    ("RS", "Serbie"),
    ("MK", "Macédoine du Nord"),
    ("TR", "Türkiye"),
    ("XK", "Kosovo*"),
    ("AM", "Arménie"),
    ("AZ", "Azerbaïdjan"),
    ("BY", "Bélarus"),
    ("GE", "Géorgie"),
    ("MD", "République de Moldova"),
    ("UA", "Ukraine"),
    ("RO", "Roumanie"),
    ("MU", "Maurice"),
    ("MA", "Maroc"),
    ("PH", "Philippines"),
    ("SN", "Sénégal"),
    ("ZA", "Afrique du Sud"),
    ("LK", "Sri Lanka"),
    ("TO", "Tonga"),
    ("TN", "Tunisie"),
    ("DZ", "Algérie"),
    ("JO", "Jordanie"),
    ("LB", "Liban"),
    ("GH", "Ghana"),
    ("NO", "Norvège"),
    ("IE", "Irlande"),
    ("IT", "Italie"),
    ("PT", "Portugal"),
    ("ID", "Indonésie"),
    ("SR", "Suriname"),
    ("FR", "France"),
    ("EE", "Estonie"),
    ("VN", "Viet Nam"),
    ("LA", "République démocratique populaire lao"),
    ("IN", "Inde"),
];

/// The first day of a name that was always that of the area.
pub const ALWAYS: &str = "1900-01-01";

/// Former names: code, language, name, and the first day of the name that the sources give for
/// today. The documents print the second in quotation marks.
pub const FORMER: &[(&str, &str, &str, &str)] = &[
    ("TR", "en", "Turkey", "2022-06-02"),
    ("TR", "fr", "Turquie", "2022-06-02"),
    ("MK", "en", "\"the former Yugoslav Republic of Macedonia\"", "2019-02-12"),
    ("MK", "fr", "« l'ex-République yougoslave de Macédoine »", "2019-02-12"),
];

/// Time zones of the areas where something is scheduled.
pub fn time_zone(area: &str) -> &'static str {
    match area {
        "AL" => "Europe/Tirane",
        "BA" => "Europe/Sarajevo",
        "HR" => "Europe/Zagreb",
        "ME" => "Europe/Podgorica",
        "MK" => "Europe/Skopje",
        "RS" | "XK" => "Europe/Belgrade",
        "TR" => "Europe/Istanbul",
        "NO" => "Europe/Oslo",
        _ => "UTC",
    }
}
