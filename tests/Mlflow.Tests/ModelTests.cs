using System.Text;
using System.Text.Json.Nodes;
using static HiEndMae.Mlflow.Tests.SessionFixture;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Models are logged, registered and fetched again, in every store.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_11)]
    public void A_model_is_uploaded_despite_lost_responses_and_can_be_downloaded(ServerVersion version)
    {
        using var fixture = new SessionFixture(version);
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun run = session.StartRun("finetune", "paper", "finetune", null, NoTags);
            Assert.True(session.Flush(TimeSpan.FromSeconds(60)));
            // Answers of every kind of request are lost once.
            fixture.Server.Plan([.. Enumerable.Range(0, 14).SelectMany(i => (Fault[])[Fault.DropAfter, Fault.None])]);
            run.LogModel(Model(fixture.Folder, "organs"));
            Assert.True(session.Flush(TimeSpan.FromSeconds(60)));
            fixture.Server.Heal();
            run.Finish(RunStatus.Finished);
        }
        // Another address of the same server gets everything again, and changes nothing.
        fixture.Sync(fixture.Server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        Assert.Equal(0, fixture.Status().NumRefused);
        ServerRun made = fixture.Run("finetune");
        StandInModels models = fixture.Mlflow.Models;
        JsonObject registered = Assert.Single(models.Registered["organs"]);
        Assert.Equal("organs/1", made.Tag("hiendmae.registered_model"));
        if (version == ServerVersion.V2_17)
        {
            Assert.Equal("model", (string?)Assert.Single(JsonNode.Parse(made.Tag("mlflow.log-model.history"))!.AsArray())!["artifact_path"]);
            Assert.Equal($"mlflow-artifacts:/{made.Experiment}/{made.Id}/artifacts/model", (string?)registered["source"]);
        }
        else
        {
            JsonObject logged = Assert.Single(models.Logged.Values, info => (string?)info["status"] == "LOGGED_MODEL_READY");
            Assert.Equal($"models:/{logged["model_id"]}", (string?)registered["source"]);
            Assert.Equal((string?)logged["model_id"], (string?)registered["model_id"]);
        }
        models.Aliases[("organs", "champion")] = "1";
        using var store = new RestTrackingStore(TrackingServer.Of(fixture.Server.Address, fixture.Read), null, fixture.Read, fixture.Clock, Hasty);
        foreach (string address in (string[])[$"runs:/{made.Id}/model", "models:/organs/1", "models:/organs@champion", .. models.Logged.Where(one => (string?)one.Value["status"] == "LOGGED_MODEL_READY").Select(one => $"models:/{one.Key}")])
        {
            string target = fixture.Folder["fetched-" + Guid.NewGuid().ToString("N")];
            ArtifactUri uri = ArtifactUri.Parse(address);
            store.Fetch(uri, target);
            CheckFetched(target, made.Id);
            Assert.Equal(uri.ModelName is null ? null : "1", store.Pin(uri).Version);
        }
        string one = fixture.Folder["one"];
        store.Fetch(ArtifactUri.Parse($"runs:/{made.Id}/model/data/deep/weights.safetensors"), one);
        Assert.Equal("weights", File.ReadAllText(one));
        Assert.Equal(TrackingFailure.Missing, Assert.Throws<TrackingException>(() => store.Fetch(ArtifactUri.Parse($"runs:/{made.Id}/nothing"), one)).Failure);
        Assert.Throws<TrackingException>(() => store.Fetch(ArtifactUri.Parse("models:/organs/7"), one));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("empty-3.11.db")]
    public void A_model_is_stored_in_a_local_database_and_can_be_fetched(string? golden)
    {
        using var fixture = new LocalStoreFixture(golden);
        string run = fixture.NewRun();
        ModelPackage model = Model(fixture.Folder, "organs");
        File.WriteAllBytes(fixture.Folder["big.bin"], new byte[2 << 20]);
        model = model with { Files = [.. model.Files, new ModelFile(fixture.Folder["big.bin"], "data")] };
        for (int time = 0; time < 2; time++) fixture.Store.LogModel(run, model);
        fixture.Store.LogModel(fixture.NewRun(), model);
        Assert.Equal(["organs|1|READY", "organs|2|READY"], fixture.Rows("SELECT name, version, status FROM model_versions ORDER BY version"));
        Assert.Single(JsonNode.Parse(Assert.Single(fixture.Rows($"SELECT value FROM tags WHERE key = 'mlflow.log-model.history' AND run_uuid = '{run}'")))!.AsArray());
        foreach (string address in (string[])[$"runs:/{run}/model", "models:/organs/1"])
        {
            string target = fixture.Folder["fetched-" + Guid.NewGuid().ToString("N")];
            fixture.Store.Fetch(ArtifactUri.Parse(address), target);
            CheckFetched(target, run);
        }
        Assert.Throws<TrackingException>(() => fixture.Store.Fetch(ArtifactUri.Parse("models:/organs/9"), fixture.Folder["x"]));
        Assert.Throws<TrackingException>(() => fixture.Store.Pin(ArtifactUri.Parse("models:/organs@champion")));
    }

    [Theory]
    [InlineData("runs:/abc/model/data", "abc", null, null, null, null, "model/data")]
    [InlineData("models:/organs/12", null, "organs", "12", null, null, "")]
    [InlineData("models:/organs/12/data", null, "organs", "12", null, null, "data")]
    [InlineData("models:/organs@champion", null, "organs", null, "champion", null, "")]
    [InlineData("models:/m-e8056be8ee9f4e41ac382fa8aac8fdce/data", null, null, null, null, "m-e8056be8ee9f4e41ac382fa8aac8fdce", "data")]
    public void Addresses_of_MLflow_are_read(string text, string? run, string? model, string? version, string? alias, string? id, string path) =>
        Assert.Equal(new ArtifactUri(text, run, model, version, alias, id, path), ArtifactUri.Parse(text));

    [Theory]
    [InlineData("runs:/abc")]
    [InlineData("runs:/")]
    [InlineData("runs:/abc/../other")]
    [InlineData("models:/")]
    [InlineData("models:/organs")]
    [InlineData("models:/organs/Production")]
    public void Other_addresses_are_refused_with_the_accepted_forms(string text) =>
        Assert.Contains("models:/NAME/VERSION", Assert.Throws<TrackingException>(() => ArtifactUri.Parse(text)).Message);

    [Fact]
    public void Yaml_is_block_style_with_every_text_quoted()
    {
        var json = new JsonObject
        {
            ["flavors"] = new JsonObject { ["python_function"] = new JsonObject { ["loader_module"] = "a: b # c\n\"q\"", ["python_version"] = "3.10" } },
            ["list"] = new JsonArray(1, "x"),
            ["empty"] = new JsonObject(),
            ["odd key:"] = true,
        };
        Assert.Equal(
            "flavors:\n  python_function:\n    loader_module: \"a: b # c\\n\\u0022q\\u0022\"\n    python_version: \"3.10\"\nlist:\n- 1\n- \"x\"\nempty: {}\n\"odd key:\": true\n",
            YamlText.Write(json));
    }

    private static ModelPackage Model(TempFolder folder, string? registerAs)
    {
        ModelFile[] files = [new(folder.File("weights.safetensors", "weights"), "data/deep"), new(folder.File("requirements.txt", "mlflow"), "")];
        var description = new JsonObject { ["flavors"] = new JsonObject { ["python_function"] = new JsonObject { ["loader_module"] = "x" } }, ["utc_time_created"] = "2026-01-01 00:00:00" };
        return new ModelPackage("model", files, description, 100, registerAs);
    }

    private static void CheckFetched(string folder, string run)
    {
        Assert.Equal("weights", File.ReadAllText(Path.Combine(folder, "data", "deep", "weights.safetensors")));
        Assert.Equal("mlflow", File.ReadAllText(Path.Combine(folder, "requirements.txt")));
        string text = File.ReadAllText(Path.Combine(folder, "MLmodel"), Encoding.UTF8);
        Assert.Contains($"run_id: \"{run}\"", text);
        Assert.Contains("    loader_module: \"x\"", text);
    }
}
