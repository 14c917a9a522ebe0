"""openapi-generator makes a Java client from the OpenAPI file, and javac compiles it."""

import shutil
from pathlib import Path

from tests.clients.generators import GIGACITY, PYTHON, installed, run

FAST = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # both programs end before more optimisation pays
HTTPMIME = Path("/usr/share/java/httpmime.jar")
GENERATED = """package javax.annotation;
public @interface Generated { String[] value(); String date() default ""; String comments() default ""; }
"""
"""The annotation that newer versions of Java lack; generated code carries it."""


def test_a_generated_client_compiles(tmp_path: Path) -> None:
    [jar] = installed(PYTHON.parent).glob("lib/python3.*/site-packages/openapi_generator_cli/openapi-generator.jar")
    java, javac = (Path(shutil.which(name) or f"/usr/bin/{name}") for name in ("java", "javac"))
    settings = ("--generator-name", "java", "--library", "native", "--additional-properties", "openApiNullable=false")
    unneeded = ("--global-property", "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false")
    output = ("--output", tmp_path / "client")
    run(java, *FAST, "-jar", jar, "generate", "--input-spec", GIGACITY, *settings, *unneeded, *output, folder=tmp_path)
    annotation = tmp_path / "Generated.java"
    annotation.write_text(GENERATED, encoding="utf-8")

    classes = tmp_path / "classes"
    path = f"{jar}:{installed(HTTPMIME)}"  # the generator's own file has the libraries of generated code
    sources = [annotation, *(tmp_path / "client" / "src" / "main").rglob("*.java")]
    options = ("-proc:none", "-nowarn", "-d", classes, "-cp", path)
    run(javac, *(f"-J{option}" for option in FAST), *options, *sources, folder=tmp_path)

    assert (classes / "org" / "openapitools" / "client" / "api" / "FindingsApi.class").exists()
