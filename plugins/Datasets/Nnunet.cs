using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Reads a folder in nnU-Net's format and checks its files.</summary>
internal sealed class Nnunet : Dataset
{
    private const string DefaultEnding = ".nii.gz";
    private readonly NnunetConfig config;
    private readonly string ending;
    private readonly ushort[] classOf;
    private readonly string[] training;
    private readonly string[] test;

    public Nnunet(NnunetConfig config, DatasetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.config = config;
        using var json = new DatasetJson(Path.Combine(config.Root, "dataset.json"));
        ending = json.Text("file_ending") ?? DefaultEnding;
        if (ending is not (".nii.gz" or ".nii")) throw new VolumeException($"'{config.Root}' has files ending in '{ending}'; .nii.gz and .nii are read.");
        IReadOnlyList<(int Value, string Name)> labels = json.Labels();
        classOf = DatasetJson.ClassTable(labels);
        Info = new DatasetInfo(json.Text("name") is { Length: > 0 } said ? said : Path.GetFileName(config.Root.TrimEnd('/', '\\')), json.Channels(), [.. labels.Select(label => label.Name)]);
        training = CasesOf("imagesTr");
        test = CasesOf("imagesTs");
        CheckSplits();
        CheckFiles();
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Pretraining => training.Except(config.Test).Select(name => Create("Tr", name, withLabel: false)),
        DatasetSplit.Training => (config.Training.Count > 0 ? config.Training : training.Except(config.Validation).Except(config.Test)).Select(name => Create("Tr", name, withLabel: true)),
        DatasetSplit.Validation => config.Validation.Select(name => Create("Tr", name, withLabel: true)),
        _ when config.Test.Count > 0 => config.Test.Select(name => Create("Tr", name, withLabel: true)),
        _ => test.Where(name => File.Exists(LabelOf("Ts", name))).Select(name => Create("Ts", name, withLabel: true)),
    };

    // Files without the number of a channel do not belong to nnU-Net's format.
    private string[] CasesOf(string folder)
    {
        string path = Path.Combine(config.Root, folder), first = "_0000" + ending;
        string[] found = Directory.Exists(path)
            ? [.. Directory.GetFiles(path).Select(file => Path.GetFileName(file)!).Where(name => name.EndsWith(first, StringComparison.Ordinal)).Select(name => name[..^first.Length]).Order(StringComparer.Ordinal)]
            : [];
        return found.Length > 0 || folder == "imagesTs" ? found : throw new VolumeException($"There is no image CASE{first} in '{path}'.");
    }

    private void CheckSplits()
    {
        (string Name, IReadOnlyList<string> Cases)[] splits = [("training", config.Training), ("validation", config.Validation), ("test", config.Test)];
        foreach ((string name, IReadOnlyList<string> cases) in splits)
        {
            if (cases.Except(training).FirstOrDefault() is { } unknown)
                throw new VolumeException($"'{config.Root}' has no case '{unknown}' in imagesTr{NearestName.Suggest(unknown, training)}");
            foreach ((string other, IReadOnlyList<string> others) in splits)
            {
                if (string.CompareOrdinal(name, other) < 0 && cases.Intersect(others).FirstOrDefault() is { } both) throw new VolumeException($"'{config.Root}': case '{both}' is in both {name} and {other}.");
            }
        }
    }

    private void CheckFiles()
    {
        ListedFiles.Require(config.Root, [.. training.SelectMany(name => Images("Tr", name)), .. training.Select(name => LabelOf("Tr", name)), .. test.SelectMany(name => Images("Ts", name))]);
    }

    private NiftiCase Create(string part, string name, bool withLabel) => new([.. Images(part, name)], withLabel ? LabelOf(part, name) : null, name, PatientName.Of(name, config.Patient), classOf, strict: true);

    private IEnumerable<string> Images(string part, string name) =>
        Info.ChannelNames.Select((_, channel) => Path.Combine(config.Root, "images" + part, string.Create(CultureInfo.InvariantCulture, $"{name}_{channel:0000}{ending}")));

    private string LabelOf(string part, string name) => Path.Combine(config.Root, "labels" + part, name + ending);
}
