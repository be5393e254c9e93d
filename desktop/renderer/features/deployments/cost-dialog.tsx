import type { ReactElement } from 'react';
import type { CostReport, ServiceCost } from '../../../shared/domain/cost/cost-report.ts';
import type { CostLine } from '../../../shared/domain/cost/estimate.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { dollars, priceNote, tableMonth, unitPrice, units } from './cost-words.ts';

interface CostDialogProps {
  readonly report: CostReport;
  readonly onClose: () => void;
}

/** How the estimate comes about: use, formula, every item, and what is not in it. */
export function CostDialog({ report, onClose }: CostDialogProps): ReactElement {
  return (
    <Dialog
      title={`Monthly estimate: ${dollars(report.totalUsd)}`}
      lead={`${priceNote(report)} Region ${report.region}, before discounts and taxes.`}
      size="wide"
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {report.isStale && (
        <Banner tone="warn" word="Old prices">
          {`The price list is of ${tableMonth(report.tableDate)}: look at Google's own before you rely on it.`}
        </Banner>
      )}
      {report.services.map((cost) => (
        <ServiceCostTable key={cost.service} cost={cost} />
      ))}
      <p className="meta">
        The free part counts once for a billing account: here once for the sum, and for each service
        as if it were alone. Not in it: network, the database, logs and builds.
      </p>
    </Dialog>
  );
}

function ServiceCostTable({ cost }: { readonly cost: ServiceCost }): ReactElement {
  const { service, estimate, basis } = cost;
  return (
    <section className="cost-service" aria-label={`Estimate of ${service}`}>
      <div className="head">
        <h3>{service}</h3>
        <b className="num">{dollars(estimate.monthlyUsd)}</b>
      </div>
      <p className="meta">Use is {basis.words}.</p>
      <p className="meta mono">{estimate.formula}</p>
      <table className="table cost-table" aria-label={`Items of ${service}`}>
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" className="cell-number">
              Amount
            </th>
            <th scope="col" className="cell-number">
              Free
            </th>
            <th scope="col" className="cell-number">
              Price
            </th>
            <th scope="col" className="cell-number">
              A month
            </th>
          </tr>
        </thead>
        <tbody>
          {estimate.lines.map((line) => (
            <ItemRow key={line.item} line={line} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ItemRow({ line }: { readonly line: CostLine }): ReactElement {
  return (
    <tr>
      <td>{line.item}</td>
      <td className="cell-number">
        {units(line.units)} <span className="unit">{line.unit}</span>
      </td>
      <td className="cell-number">{line.free === 0 ? '–' : units(line.free)}</td>
      <td className="cell-number">{unitPrice(line.price)}</td>
      <td className="cell-number">{dollars(line.usd)}</td>
    </tr>
  );
}
