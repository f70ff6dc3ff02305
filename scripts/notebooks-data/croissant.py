"""The Croissant 1.0 description (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

from dictionary import TABLES

TYPES = {
    "integer": "sc:Integer", "string": "sc:Text", "boolean": "sc:Boolean", "date": "sc:Date",
    "datetime": "sc:DateTime", "localtime": "sc:DateTime",
}

ENDS = {table.name for table in TABLES if not table.references}

CONTEXT = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
    "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField",
    "path": "cr:path", "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace", "samplingRate": "cr:samplingRate",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}


def field(table, column):
    made = {
        "@type": "cr:Field", "@id": f"{table.name}/{column.name}", "name": column.name,
        "description": column.text + (f" [{column.unit}]" if column.unit else ""),
        "dataType": TYPES[column.kind],
        "source": {"fileObject": {"@id": table.file}, "extract": {"column": column.name}},
    }
    # mlcroissant joins what is referenced, and fails where that has references itself: those of mishaps
    # stand in datapackage.json only.
    for name, other, there in table.references:
        if name == column.name and other in ENDS:
            made["references"] = {"field": {"@id": f"{other}/{there}"}}
    return made


def record_set(table):
    made = {
        "@type": "cr:RecordSet", "@id": table.name, "name": table.name, "description": table.text,
        "field": [field(table, column) for column in table.columns],
    }
    if table.key:
        made["key"] = [{"@id": f"{table.name}/{name}"} for name in table.key]
    return made


def croissant(name, title, text, run, sums):
    """`sums` are the SHA-256 of the tables' files, by name."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "alternateName": title,
        "description": text,
        "license": "https://opensource.org/license/mit",
        "creator": {"@type": "sc:Organization", "name": "The replaylab authors"},
        "citeAs": f"The replaylab authors: {title}, a simulated data set, replaylab {run['program'].split()[1]}",
        "datePublished": "2026-11-23",
        "version": run["program"].split()[1],
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": table.file, "name": table.file, "description": table.text,
                "contentUrl": table.file, "encodingFormat": "text/csv", "sha256": sums[table.file],
            }
            for table in TABLES
        ],
        "recordSet": [record_set(table) for table in TABLES],
    }
