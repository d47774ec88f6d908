using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Configuration;
using HiEndMae.Host;
using HiEndMae.Host.Tests;
using NJsonSchema;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>The schema for editors, with a validator of its own kind.</summary>
public sealed class JsonSchemaTests
{
    private static readonly string Shipped = Path.Combine(Repository.Root, "experiments", "schema.json");

    [Fact]
    public async Task The_shipped_schema_equals_the_one_that_the_program_writes()
    {
        using var host = new HostFixture();
        string file = Path.Combine(host.Folder, "schema.json");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("schema", "--out", file));
        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(Shipped, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_shipped_experiment_refers_to_the_schema_and_is_valid()
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(Shipped, TestContext.Current.CancellationToken);
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "experiments"), "*.toml", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            Assert.Matches(@"^#:schema (\./|(\.\./)+)schema\.json$", File.ReadLines(file).First());
            Assert.Empty(schema.Validate(Json(File.ReadAllText(file))).Select(error => error.ToString()));
        });
    }

    [Theory]
    [InlineData("text-for-number")]
    [InlineData("fraction-for-whole")]
    [InlineData("number-for-bool")]
    [InlineData("text-for-list")]
    [InlineData("two-for-size")]
    [InlineData("above-range")]
    [InlineData("size-below-range")]
    [InlineData("word-not-allowed")]
    [InlineData("empty-name")]
    [InlineData("empty-list")]
    [InlineData("no-such-encoder")]
    [InlineData("unknown-root-key")]
    [InlineData("unknown-key")]
    [InlineData("unknown-component-key")]
    [InlineData("unknown-dataset-key")]
    [InlineData("unknown-nested-key")]
    [InlineData("sweep-no-list")]
    public async Task What_the_checker_refuses_in_one_key_the_schema_refuses(string name)
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(Shipped, TestContext.Current.CancellationToken);
        string text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "corpus", name + ".toml"), TestContext.Current.CancellationToken);
        Assert.NotEmpty(schema.Validate(Json(text)));
    }

    [Fact]
    public async Task The_schema_matches_the_records()
    {
        JsonNode schema = JsonNode.Parse(await File.ReadAllTextAsync(Shipped, TestContext.Current.CancellationToken))!;
        JsonNode ratio = schema["definitions"]!["PretrainConfig"]!["properties"]!["mask_ratio"]!;
        Assert.Equal((0, 0.999, 0.75), (ratio["minimum"]!.GetValue<double>(), ratio["maximum"]!.GetValue<double>(), ratio["default"]!.GetValue<double>()));
        Assert.Contains("hidden from the encoder", ratio["description"]!.GetValue<string>());
        Assert.Equal(["gvsl", "hi-end-mae", "hyspark", "mae", "models-genesis", "pcrlv2", "spark", "sup", "transvw", "unimiss", "voco", "vox2vec"], schema["definitions"]!["Decoder"]!["anyOf"]!.AsArray().Select(one => one!["properties"]!["plugin"]!["enum"]![0]!.GetValue<string>()));
    }

    private static string Json(string toml) => Node(TomlReader.Read(toml, "file.toml", _ => { })!).ToJsonString();

    private static JsonNode Node(ConfigNode node) => node switch
    {
        ConfigScalar { Value: long number } => number,
        ConfigScalar { Value: double number } => number,
        ConfigScalar { Value: bool flag } => flag,
        ConfigScalar { Value: string text } => text,
        ConfigArray array => new JsonArray([.. array.Items.Select(Node)]),
        ConfigTable table => new JsonObject(table.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Node(entry.Value)))),
        _ => throw new InvalidOperationException("A date."),
    };
}
