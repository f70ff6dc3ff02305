extension ParquetEvents {
    /// The columns as Arrow sees them, which makes readers built on it give dictionary columns: an
    /// Arrow IPC schema message in base64, the same for every file. Made once with pyarrow:
    ///
    ///     d = pa.dictionary(pa.int32(), pa.string()); t = pa.timestamp("us", tz="UTC")
    ///     s = pa.schema([pa.field("sequence", pa.int64(), False), pa.field("id", pa.string(), False),
    ///         pa.field("time", t, False), pa.field("recorded", t), pa.field("source", d, False),
    ///         pa.field("detailType", d, False), pa.field("device", d), pa.field("click", d),
    ///         pa.field("detail", d, False), pa.field("form", d, False), pa.field("envelope", d)])
    ///     base64.b64encode(s.serialize().to_pybytes())
    static let arrowSchema = """
        /////4gDAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAEAAAAtP3//wQAAAALAAAAJAMAAOgCAACkAgAAZAIAAAgC\
        AACgAQAASAEAAOwAAACgAAAAVAAAAAQAAADc/v//AAABBRQAAAA8AAAAHAAAAAQAAAAAAAAACAAAAGVudmVsb3Bl\
        AAAAAHj+//8MAAAABgAAAAAAAAAc/f//AAAAASAAAABo/f//cP7//wAAAAUUAAAAOAAAABgAAAAEAAAAAAAAAAQA\
        AABmb3JtAAAAAMD+//8MAAAABQAAAAAAAABk/f//AAAAASAAAACw/f//uP7//wAAAAUUAAAAOAAAABgAAAAEAAAA\
        AAAAAAYAAABkZXRhaWwAAAj///8MAAAABAAAAAAAAACs/f//AAAAASAAAAD4/f//uP///wAAAQUUAAAAOAAAABgA\
        AAAEAAAAAAAAAAUAAABjbGljawAAAFD///8MAAAAAwAAAAAAAAD0/f//AAAAASAAAABA/v//EAAYAAgABgAHAAwA\
        EAAUABAAAAAAAAEFFAAAAEQAAAAgAAAABAAAAAAAAAAGAAAAZGV2aWNlAAAIABQACAAEAAgAAAAQAAAAAgAAAAAA\
        AAAAAAAAWP7//wAAAAEgAAAApP7//6z///8AAAAFFAAAAEQAAAAkAAAABAAAAAAAAAAKAAAAZGV0YWlsVHlwZQAA\
        CAAQAAgABAAIAAAADAAAAAEAAAAAAAAArP7//wAAAAEgAAAA+P7//xAAGAAIAAAABwAMABAAFAAQAAAAAAAABRQA\
        AAA4AAAAIAAAAAQAAAAAAAAABgAAAHNvdXJjZQAACAAIAAAABAAIAAAABAAAAAT///8AAAABIAAAAFD///8QABQA\
        CAAGAAcADAAAABAAEAAAAAAAAQoQAAAAHAAAAAQAAAAAAAAACAAAAHJlY29yZGVkAAAAAMj///8AAAIABAAAAAMA\
        AABVVEMAmP///wAAAAoQAAAAIAAAAAQAAAAAAAAABAAAAHRpbWUAAAAACAAMAAYACAAIAAAAAAACAAQAAAADAAAA\
        VVRDANj///8AAAAFEAAAABgAAAAEAAAAAAAAAAIAAABpZAAABAAEAAQAAAAQABQACAAAAAcADAAAABAAEAAAAAAA\
        AAIQAAAAJAAAAAQAAAAAAAAACAAAAHNlcXVlbmNlAAAAAAgADAAIAAcACAAAAAAAAAFAAAAA
        """
}
