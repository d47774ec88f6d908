using CsCheck;
using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Generators.Tests;

/// <summary>Written as TOML and read again, every config is what it was, and holds what was said.</summary>
public sealed class RoundTripTests
{
    private const long Cases = 10_000;

    [Fact]
    public void Every_kind_of_value_survives_a_round_trip() => new RandomConfig([]).Table(SampleConfig.Schema).Sample(
        table => Survives(table, text => SampleConfig.Read(text, new BindContext([], _ => null))), iter: Cases);

    [Fact]
    public void Sizes_parts_and_optional_values_survive_a_round_trip() => new RandomConfig([]).Table(ChecksConfig.Schema).Sample(
        table => Survives(table, text => ChecksConfig.Read(text, new BindContext([], _ => null))), iter: Cases);

    private static bool Survives(ConfigTable table, Func<ConfigTable, IConfigSection> read)
    {
        ConfigTable written = read(table).ToTable();
        string toml = TomlText.Document(written);
        ConfigTable parsed = TomlReader.Read(toml, "", error => throw new InvalidOperationException($"{error}\n{toml}"))!;
        string again = TomlText.Document(read(parsed).ToTable());
        return RandomConfig.Holds(written, table) && again == toml ? true : throw new InvalidOperationException($"said\n{TomlText.Document(table)}\nwritten\n{toml}\nagain\n{again}");
    }
}
