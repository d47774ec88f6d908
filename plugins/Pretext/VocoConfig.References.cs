using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record VocoConfig : IReferenceCheck
{
    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) => [.. Positions(golden), .. Assignments(golden), .. Steps(golden), .. AmsGrad(golden)];

    // "roi 96, base 96, side 384, 4 x 4 bases (x slow); ...".
    private static List<ReferenceValue> Positions(IReferenceTensors golden)
    {
        var values = new List<ReferenceValue>();
        foreach (string name in golden.Names("position.").Where(name => name.EndsWith(".centres", StringComparison.Ordinal)))
        {
            string part = name.Split('.')[1];
            int[] numbers = [.. Regex.Matches(golden.Text($"position_{part}"), @"\d+", RegexOptions.CultureInvariant).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
            (int roi, int cell, int side, int cells) = (numbers[0], numbers[1], numbers[2], numbers[3]);
            var grid = new VocoGrid(cells, cell, cell, roi);
            long[] centres = golden[name].cpu().data<long>().ToArray();
            var labels = new double[centres.Length / 2 * cells * cells];
            for (int i = 0; i < centres.Length / 2; i++) grid.Overlaps((int)centres[2 * i], (int)centres[(2 * i) + 1], labels.AsSpan(i * cells * cells, cells * cells));
            values.Add(new($"position.{part}.labels", tensor(labels, [centres.Length / 2, cells * cells]), 1e-12));
            // The first and the last centre are the bounds of random centres.
            (int first, int last) = grid.Centres(side);
            values.Add(new(name, golden[name].clamp(first, last), 0));
        }
        return values;
    }

    private static ReferenceValue[] Assignments(IReferenceTensors golden)
    {
        Tensor queries = golden["assign.queries"].requires_grad_(), cells = golden["assign.bases"].requires_grad_();
        Tensor logits = VocoLosses.Likeness(queries, cells);
        (Tensor positive, Tensor negative) = VocoLosses.Assign(logits, golden["assign.labels"]);
        (positive + negative).backward();
        Tensor bases = golden["regularise.bases"].requires_grad_(), loss = VocoLosses.Regularise(bases);
        loss.backward();
        return
        [
            new("assign.logits", logits), new("assign.pos", positive), new("assign.neg", negative), new("assign.queries_grad", queries.grad!), new("assign.bases_grad", cells.grad!),
            new("regularise.loss", loss), new("regularise.bases_grad", bases.grad!),
        ];
    }

    // In the golden, the encoder is a linear map of a flattened crop, and the optimiser is plain gradient descent.
    private static List<ReferenceValue> Steps(IReferenceTensors golden)
    {
        const string Backbone = ".backbone.weight", First = ".proj_head.layer1.0.weight", Last = ".proj_head.layer3.0.weight", Weights = "weights.";
        var values = new List<ReferenceValue>();
        double momentum = double.Parse(golden.Text("ema_momentum"), CultureInfo.InvariantCulture), rate = double.Parse(Regex.Match(golden.Text("steps"), @"lr ([\d.]+)", RegexOptions.CultureInvariant).Groups[1].Value, CultureInfo.InvariantCulture);
        (Linear Backbone, VocoHead Head) Model(string who)
        {
            long[] backbone = golden[Weights + who + Backbone].shape, first = golden[Weights + who + First].shape, last = golden[Weights + who + Last].shape;
            (Linear, VocoHead) model = (nn.Linear(backbone[1], backbone[0]), new VocoHead((int)first[1], (int)first[0], (int)last[0]));
            model.Item1.to(golden.Device);
            model.Item2.to(golden.Device);
            foreach ((string name, Parameter parameter) in Named(model))
            {
                using IDisposable noGrad = no_grad();
                parameter.copy_(golden[$"{Weights}{who}.{name}"]);
            }
            return model;
        }

        (Linear Backbone, VocoHead Head) student = Model("student"), teacher = Model("teacher");
        using (student.Backbone) using (student.Head) using (teacher.Backbone) using (teacher.Head)
        {
            Teacher.Of(teacher.Backbone);
            Teacher.Of(teacher.Head);
            for (int step = 0; golden.Has($"step{step}.loss"); step++)
            {
                string part = $"step{step}.";
                Tensor crops = cat([golden[part + "random_crops"], golden[part + "base_crops"]]).flatten(1);
                Tensor seen = student.Head.call(student.Backbone.call(crops));
                Teacher.Follow(teacher.Backbone, student.Backbone, momentum);
                Teacher.Follow(teacher.Head, student.Head, momentum);
                Tensor taught;
                using (no_grad()) taught = teacher.Head.call(teacher.Backbone.call(crops));
                VocoLosses losses = VocoLosses.Of(seen, taught, golden[part + "labels"]);
                losses.Total.backward();
                values.AddRange([
                    new(part + "student", seen.detach(), 1e-4), new(part + "teacher", taught, 1e-4), new(part + "pos", losses.Positive.detach()), new(part + "neg", losses.Negative.detach()),
                    new(part + "base", losses.Base.detach()), new(part + "loss", losses.Total.detach()),
                ]);
                foreach ((string name, Parameter parameter) in Named(student))
                {
                    string norm = $"{part}grad_norm.student.{name}";
                    if (golden.Has(norm)) values.Add(new(norm, parameter.grad!.norm(), 1e-4));
                    using IDisposable noGrad = no_grad();
                    parameter.sub_(parameter.grad! * rate);
                    parameter.grad!.zero_();
                }
            }
            foreach ((string who, (Linear, VocoHead) model) in (ReadOnlySpan<(string, (Linear, VocoHead))>)[("student", student), ("teacher", teacher)])
            {
                foreach ((string name, Parameter parameter) in Named(model))
                {
                    if (golden.Has($"after.{who}.{name}")) values.Add(new($"after.{who}.{name}", parameter.detach().clone(), 1e-4));
                }
            }
        }
        return values;
    }

    private static List<ReferenceValue> AmsGrad(IReferenceTensors golden)
    {
        const string After = "amsgrad.after_";
        var values = new List<ReferenceValue>();
        Tensor steps = golden.Optimised(
            "kind = \"adamw\"\namsgrad = true\nlr = 1e-2\nbeta1 = 0.9\nbeta2 = 0.999\neps = 1e-8\nweight_decay = 0.01\ndecay_on = \"all\"", golden["amsgrad.start"], golden["amsgrad.gradients"]);
        foreach (string name in golden.Names(After)) values.Add(new(name, steps[int.Parse(name[After.Length..], CultureInfo.InvariantCulture) - 1]));
        return values;
    }

    private static IEnumerable<(string Name, Parameter Value)> Named((Linear Backbone, VocoHead Head) model) =>
        [.. model.Backbone.named_parameters().Select(entry => ($"backbone.{entry.name}", entry.parameter)), .. model.Head.named_parameters().Select(entry => (OfficialName(entry.name), entry.parameter))];

    // layer1.weight is proj_head.layer1.0.weight there.
    private static string OfficialName(string name)
    {
        string[] parts = name.Split('.');
        return $"proj_head.{parts[0]}.0.{parts[1]}";
    }
}
